// A page led by keyboard alone: to reach an element, to type, to choose, to send.

/** The gestures, on a page. */
export function keyboard(page) {
  /** How many Tabs lead from the focus to what is wanted: none when it is there. What the document
   * says is a guess, never more than it takes: only the focus tells that one has come. */
  const ahead = (selector, text) => page.evaluate(([wanted, said]) => {
    const matches = (one) => one.matches(wanted) && one.textContent.includes(said);
    const active = document.activeElement;
    if (active !== null && matches(active)) return 0;
    // A group of answers is one stop: where it is answered, or else its first.
    const stop_of = (field) => {
      if (field?.type !== "radio") return field;
      const answers = [...document.getElementsByName(field.name)].filter((a) => a.form === field.form);
      return answers.find((answer) => answer.checked) ?? answers[0];
    };
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]");
    const fields = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
      .filter((one) => one.tabIndex >= 0 && !one.matches(":disabled") && shown(one));
    const from = fields.indexOf(active);
    if (from < 0) return 1;
    const next = fields.slice(from + 1);
    const stops = new Set(next.slice(0, next.findIndex(matches) + 1).map(stop_of));
    stops.delete(stop_of(active));
    return Math.max(1, stops.size);
  }, [selector, text]);

  /** Tabs until an element that matches has the focus. */
  async function reach(selector, text = "") {
    for (let step = 0; step < 400;) {
      const left = await ahead(selector, text);
      if (left === 0) return;
      for (let press = 0; press < left; press += 1) await page.keyboard.press("Tab");
      step += left;
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
