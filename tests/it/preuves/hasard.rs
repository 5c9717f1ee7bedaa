//! Random small workflow files, from a seed.

use std::fmt::Write as _;

/// `SplitMix64`: a small generator, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n as u64).expect("small")
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Conditions over facts that never move, over one that may, and over those of the combination.
const GUARDS: &[&str] = &[
    "fixe.a",
    "!fixe.a",
    "fixe.b",
    "fixe.a && fixe.b",
    "fixe.a && !fixe.a",
    "libre.m",
    "!libre.m",
    "cas.region",
    "!cas.etat",
];
const PARTIES: &[&str] = &[
    "op",
    "etat",
    "dep",
    "any(op, dep)",
    "any(parties)",
    "any(authorities)",
];
const AGREEMENTS: &[&str] = &["all(op, etat)", "all(parties)", "all(authorities)"];

struct Writer<'d> {
    dice: &'d mut Dice,
    text: String,
    states: usize,
}

/// Where one stands in the file.
#[derive(Clone)]
struct Here {
    indent: usize,
    depth: usize,
    within: Vec<&'static str>,
}

pub fn workflow(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let etat = if dice.chance(40) {
        ", when: cas.etat"
    } else {
        ""
    };
    let dep = match dice.below(3) {
        0 => ", each: lieux",
        1 => ", when: cas.region",
        _ => "",
    };
    let head = format!(
        "workflow: essai\nversion: 1\ntitle: Essai {seed}\nrules: essai\nparties:\n  \
         op: {{ title: Op }}\n  etat: {{ title: État{etat} }}\n  dep: {{ title: Dép{dep} }}\n"
    );
    let mut writer = Writer {
        dice: &mut dice,
        text: head,
        states: 0,
    };
    let here = Here {
        indent: 0,
        depth: 0,
        within: Vec::new(),
    };
    writer.block(&here);
    writer.text
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.text, "{}{text}", " ".repeat(indent));
    }

    fn block(&mut self, here: &Here) {
        let count = 1 + self.dice.below(if here.depth == 0 { 4 } else { 3 });
        let names: Vec<String> = (0..count)
            .map(|_| {
                self.states += 1;
                format!("e{}", self.states)
            })
            .collect();
        self.line(here.indent, &format!("start: {}", names[0]));
        self.line(here.indent, "states:");
        for (i, name) in names.iter().enumerate() {
            self.line(here.indent + 2, &format!("{name}:"));
            let inside = Here {
                indent: here.indent + 4,
                ..here.clone()
            };
            let last = i + 1 == count;
            self.state(&inside, &names, last && (count > 1 || here.depth > 0));
        }
    }

    fn state(&mut self, here: &Here, names: &[String], last: bool) {
        let ends = if last { 80 } else { 8 };
        if self.dice.chance(ends) {
            return self.line(here.indent, "final: true");
        }
        self.line(here.indent, "title: Un état");
        if self.dice.chance(20) {
            let who = self.dice.pick(&["op", "etat", "authorities"]).to_owned();
            self.line(here.indent, &format!("allow: {{ {who}: [texte.write] }}"));
        }
        if here.depth < 2 && self.dice.chance(30) {
            self.composite(here, names);
        } else {
            self.leaf(here, names);
        }
    }

    fn target(&mut self, here: &Here, names: &[String]) -> String {
        if here.depth > 0 && self.dice.chance(15) {
            return "end".into();
        }
        let i = self.dice.below(names.len());
        names[i].clone()
    }

    fn leaf(&mut self, here: &Here, names: &[String]) {
        let acts = self.dice.below(3);
        self.acts(here, names, acts);
        self.timers(here, names, 20);
        if self.dice.chance(15) {
            self.line(here.indent, "auto:");
            let guard = self.dice.pick(GUARDS).to_owned();
            let to = self.target(here, names);
            self.line(
                here.indent + 2,
                &format!("- {{ when: \"{guard}\", to: {to} }}"),
            );
            if self.dice.chance(50) {
                let to = self.target(here, names);
                self.line(here.indent + 2, &format!("- {{ to: {to} }}"));
            }
        }
    }

    fn acts(&mut self, here: &Here, names: &[String], count: usize) {
        if count == 0 {
            return;
        }
        self.line(here.indent, "acts:");
        for i in 0..count {
            let agreement = self.dice.chance(30);
            let mut by = self
                .dice
                .pick(if agreement { AGREEMENTS } else { PARTIES })
                .to_owned();
            if !agreement && here.within.contains(&"lieux") && self.dice.chance(40) {
                by = "any(authorities(lieux))".into();
            }
            let mut act = format!("a{i}: {{ by: \"{by}\"");
            if self.dice.chance(35) {
                let guard = self.dice.pick(GUARDS);
                let _ = write!(act, ", requires: [{{ if: \"{guard}\", else: Non. }}]");
            }
            if agreement && self.dice.chance(40) {
                let to = self.target(here, names);
                let _ = write!(act, ", refused: {{ to: {to} }}");
            }
            if self.dice.chance(85) {
                let to = self.target(here, names);
                let _ = write!(act, ", to: {to}");
            }
            self.line(here.indent + 2, &format!("{act} }}"));
        }
    }

    fn timers(&mut self, here: &Here, names: &[String], percent: usize) {
        if self.dice.chance(percent) {
            let to = self.target(here, names);
            let when = if self.dice.chance(40) {
                format!(", when: \"{}\"", self.dice.pick(GUARDS))
            } else {
                String::new()
            };
            let timer = format!("after: [{{ in: P10D, to: {to}, source: usage{when} }}]");
            self.line(here.indent, &timer);
        }
    }

    fn composite(&mut self, here: &Here, names: &[String]) {
        if self.dice.chance(75) {
            let to = self.target(here, names);
            self.line(here.indent, &format!("done: {to}"));
        }
        let acts = self.dice.below(2);
        self.acts(here, names, acts);
        self.timers(here, names, 15);
        let mut inside = Here {
            indent: here.indent,
            depth: here.depth + 1,
            within: here.within.clone(),
        };
        match self.dice.below(3) {
            0 => self.block(&inside),
            1 => {
                self.line(here.indent, "parallel:");
                inside.indent += 4;
                for i in 0..2 {
                    self.states += 1;
                    let name = format!("r{}_{i}", self.states);
                    self.line(here.indent + 2, &format!("{name}:"));
                    if self.dice.chance(30) {
                        self.line(inside.indent, "when: cas.region");
                    }
                    self.block(&inside);
                }
            }
            _ => {
                let over = if here.within.contains(&"lieux") {
                    "buts"
                } else {
                    "lieux"
                };
                if here.within.contains(&over) {
                    return self.block(&inside);
                }
                self.line(here.indent, &format!("for_each: {over}"));
                if self.dice.chance(30) {
                    self.line(here.indent, "at_least: 1");
                }
                inside.within.push(over);
                self.block(&inside);
            }
        }
    }
}
