// A page led by keyboard alone: to reach an element, to type, to choose, to send.

/** The gestures, on a page. */
export function keyboard(page) {
  /** Tabs until an element that matches has the focus. */
  async function reach(selector, text = "") {
    for (let step = 0; step < 400; step += 1) {
      const there = await page.evaluate(([wanted, said]) => {
        const active = document.activeElement;
        return active !== null && active.matches(wanted) && active.textContent.includes(said);
      }, [selector, text]);
      if (there) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${selector} « ${text} » ne s'atteint pas au clavier sur ${page.url()}.`);
  }

  /** Enter, and the page that follows. */
  async function enter() {
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  }

  async function type(id, text) {
    await reach(`[id="${id}"]`);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(text);
  }

  /** A date as its field takes it, whatever order the browser shows its parts in. */
  async function date(id, text) {
    const [day, month, year] = text.split("/");
    const iso = `${year}-${month}-${day}`;
    await reach(`[id="${id}"]`);
    for (const keys of [month + day + year, day + month + year]) {
      // Shift and Tab, then Tab: back to the first part.
      await page.keyboard.press("Shift+Tab");
      await reach(`[id="${id}"]`);
      await page.keyboard.type(keys);
      const held = await page.evaluate((i) => document.getElementById(i).value, id);
      if (held === iso) return;
    }
    throw new Error(`${id} : ${text} ne se tape pas.`);
  }

  /** Takes one of a group of answers. */
  async function choose(name, value) {
    await reach(`input[name="${name}"]`);
    await page.keyboard.press("Space");
    for (let step = 0; step < 40; step += 1) {
      const taken = await page.evaluate((n) => document.querySelector(`input[name="${n}"]:checked`)?.value, name);
      if (taken === value) return;
      await page.keyboard.press("ArrowDown");
    }
    throw new Error(`${name} : « ${value} » ne se choisit pas au clavier.`);
  }

  /** Ticks a box, unless it is. */
  async function tick(name, value) {
    const box = `input[name="${name}"][value="${value}"]`;
    await reach(box);
    if (!(await page.evaluate((b) => document.querySelector(b).checked, box))) {
      await page.keyboard.press("Space");
    }
  }

  return { reach, enter, type, date, choose, tick };
}
