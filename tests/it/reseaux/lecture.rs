//! PNML: what tools write is read, what would be misread is refused with its place.

use entente::workflow::net::{Net, Verdict, check, pnml};
use entente::workflow::problem::Code;

use super::hasard;

/// A file of the 2009 grammar with this inside its page.
fn file(page: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<pnml xmlns=\"http://www.pnml.org/version-2009/grammar/pnml\">\n\
         <net id=\"n\" type=\"http://www.pnml.org/version-2009/grammar/ptnet\"><page id=\"g\">\n\
         {page}\n</page></net></pnml>"
    )
}

const SEQUENCE: &str = "<place id=\"i\"><initialMarking><text> 1 </text></initialMarking></place>\n\
    <place id=\"o\"/><transition id=\"t\"><name><text>signer</text></name></transition>\n\
    <arc id=\"a1\" source=\"i\" target=\"t\"/><arc id=\"a2\" source=\"t\" target=\"o\"/>";

#[test]
fn what_is_written_is_read_back() {
    for seed in 0..500 {
        // given a net with markings
        let mut net = hasard::plan(seed).net();
        net.mark(0, 1);
        net.mark_last(1, 1);
        // when written, then read
        let text = pnml::write(&net);
        let again = pnml::read(text.as_bytes()).unwrap();
        // then it is the same net, written the same
        assert_eq!(pnml::write(&again), text);
        let arcs = |net: &Net| -> Vec<_> {
            let every = 0..net.transitions().len();
            every
                .map(|t| (net.inputs(t).clone(), net.outputs(t).clone()))
                .collect()
        };
        assert_eq!(arcs(&again), arcs(&net), "seed {seed}");
        assert_eq!((again.initial(), again.last()), (net.initial(), net.last()));
    }
}

#[test]
fn identifiers_and_names_that_xml_forbids_are_adapted() {
    let mut net = Net::new("a < b & \u{1} \"c\"");
    let start = net.add_place("place 1", "<début>");
    let end = net.add_place("place_1", "");
    let step = net.add_transition("1er pas", "signer & finir");
    net.take(start, step, 1);
    net.give(step, end, 1);
    let again = pnml::read(pnml::write(&net).as_bytes()).unwrap();
    assert_eq!(again.name, "a < b & \u{fffd} \"c\"");
    let ids: Vec<&str> = again.places().iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["place_1", "place_1-1"]);
    assert_eq!(again.places()[0].name, "<début>");
    assert_eq!(again.transitions()[0].id, "_1er_pas");
    assert_eq!(check(pnml::write(&net).as_bytes()).verdict, Verdict::Sound);
}

#[test]
fn the_dialects_of_tools_are_read() {
    let plain = file(SEQUENCE);
    let dialects = [
        // no namespace, no page, as old tools write
        format!("<pnml><net id=\"n\" type=\"P/T net\">{SEQUENCE}</net></pnml>"),
        // a byte order mark
        format!("\u{feff}{plain}"),
        // pages within pages, and references between them
        file(
            "<place id=\"i\"/><page id=\"h\"><referencePlace id=\"r\" ref=\"i\"/><page id=\"k\">\
             <transition id=\"t\"/><place id=\"o\"/><arc id=\"a\" source=\"r\" target=\"t\"/>\
             <arc id=\"b\" source=\"t\" target=\"o\"/></page></page>",
        ),
        // PIPE: value for text, tokens with their colour, a capacity of 0, a type on the arc
        "<pnml><net id=\"n\"><place id=\"i\"><name><value>i</value></name><capacity><value>0\
         </value></capacity><initialMarking><value>Default,1</value></initialMarking></place>\
         <place id=\"o\"/><transition id=\"t\"/><arc id=\"a\" source=\"i\" target=\"t\">\
         <inscription><value>Default,1</value></inscription><type value=\"normal\"/></arc>\
         <arc id=\"b\" source=\"t\" target=\"o\"><arctype><text>normal</text></arctype></arc>\
         </net></pnml>"
            .to_owned(),
        // ProM: what it adds for itself, every place in the final marking
        file(&format!(
            "{SEQUENCE}<toolspecific tool=\"ProM\" version=\"6\"><place id=\"i\"/></toolspecific>"
        ))
        .replace(
            "</page>",
            "</page><finalmarkings><marking><place idref=\"i\"><text>0</text></place>\
             <place idref=\"o\"><text>1</text></place></marking></finalmarkings>",
        ),
    ];
    for text in dialects {
        let found = check(text.as_bytes());
        assert_eq!(found.verdict, Verdict::Sound, "{text}\n{found:?}");
    }
}

#[test]
fn iso_8859_1_is_read_when_declared() {
    let text = file(SEQUENCE).replace("signer", "agr\u{e9}er");
    let text = text.replace("?>", " encoding=\"ISO-8859-1\"?>");
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let net = pnml::read(&bytes).unwrap();
    assert_eq!(net.transitions()[0].name, "agréer");
}

#[test]
fn what_would_change_the_meaning_is_refused_where_it_stands() {
    let with = |old: &str, new: &str| file(&SEQUENCE.replace(old, new));
    let arc = |inside: &str| with("target=\"o\"/>", &format!("target=\"o\"{inside}"));
    let inscribed = |text: &str| {
        arc(&format!(
            "><inscription><text>{text}</text></inscription></arc>"
        ))
    };
    let place = |inside: &str| with("\"o\"/><tr", &format!("\"o\">{inside}</place><tr"));
    let loops = "<referencePlace id=\"r\" ref=\"s\"/><referencePlace id=\"s\" ref=\"r\"/>";
    let looped = file(&format!(
        "{loops}{}",
        SEQUENCE.replace("target=\"o\"", "target=\"r\"")
    ));
    let cases = [
        (
            "reset",
            6,
            arc("><arctype><text>reset</text></arctype></arc>"),
        ),
        ("inhibitor", 6, arc("><type value=\"inhibitor\"/></arc>")),
        ("timed", 6, arc(" type=\"timed\"/>")),
        ("nombre", 6, inscribed("0")),
        ("nombre", 6, inscribed("x+1")),
        ("nombre", 6, inscribed("-1")),
        ("nombre", 6, inscribed("99999999999")),
        ("colorés", 6, arc("><hlinscription/></arc>")),
        ("« oo »", 6, with("target=\"o\"", "target=\"oo\"")),
        ("même nature", 6, with("target=\"t\"", "target=\"o\"")),
        ("déjà pris", 5, with("id=\"o\"", "id=\"i\"")),
        ("« id »", 5, with("id=\"o\"", "name=\"o\"")),
        ("capacité", 5, place("<capacity><text>3</text></capacity>")),
        (
            "marquage initial",
            5,
            place("<initialMarking><text>2</text></initialMarking>"),
        ),
        ("tournent en rond", 6, looped),
        (
            "place/transition",
            3,
            file(SEQUENCE).replace("/ptnet", "/symmetricnet"),
        ),
        ("XML", 5, file("<place id=\"i\">")),
        (
            "DTD",
            2,
            file(SEQUENCE).replace("<pnml", "<!DOCTYPE pnml []><pnml"),
        ),
        ("« pnml »", 1, "<bpmn/>".to_owned()),
        (
            "un seul réseau",
            1,
            "<pnml><net id=\"a\"/><net id=\"b\"/></pnml>".to_owned(),
        ),
    ];
    for (word, line, text) in cases {
        let found = check(text.as_bytes());
        assert_eq!(found.verdict, Verdict::Refused, "{text}");
        let problem = &found.problems[0];
        assert_eq!(problem.code, Code::Syntaxe);
        assert!(
            problem.message.contains(word),
            "{word}: {}",
            problem.message
        );
        assert_eq!(problem.place.line, line, "{word}: {problem:?}\n{text}");
    }
}

#[test]
fn what_is_too_big_or_no_text_is_refused_quickly() {
    let deep = |n: usize| {
        file(&format!(
            "{}{}",
            "<page id=\"x\">".repeat(n),
            "</page>".repeat(n)
        ))
    };
    let cases = [
        (Code::Limite, deep(10_000).into_bytes()),
        (Code::Limite, vec![b' '; 40 << 20]),
        (Code::Syntaxe, b"\xff\xfe<\0p\0".to_vec()),
        (Code::Syntaxe, b"<pnml>\0</pnml>".to_vec()),
        (Code::Syntaxe, Vec::new()),
        (Code::Syntaxe, file("").into_bytes()),
    ];
    for (code, bytes) in cases {
        let started = crate::montre::travaille();
        let found = check(&bytes);
        assert_eq!(found.verdict, Verdict::Refused);
        assert_eq!(found.problems[0].code, code, "{found:?}");
        assert!(crate::montre::depuis(started).as_secs() < 5, "{code:?}");
    }
}
