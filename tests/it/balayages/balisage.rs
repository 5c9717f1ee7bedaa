//! Sixty payloads in every text field of every form that pages show: whatever is taken is shown as
//! it was typed, and no page holds an element or an attribute that its template does not.

use super::{CONTRAT, code, envoie, lit};
use crate::pages::salle::Salle;
use axum::Router;
use axum::http::StatusCode;
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What tells a payload in a page.
const MARQUE: &str = "xq7";

/// Ways to make markup or script out of a text.
pub fn charges() -> Vec<String> {
    let formes = [
        "<script>MARQUE</script>",
        "<ScRiPt src=//MARQUE.example></sCrIpT>",
        "</script><script>MARQUE()</script>",
        "<img src=x onerror=MARQUE()>",
        "<img src=\"x\" onerror=\"MARQUE()\">",
        "<svg onload=MARQUE()>",
        "<svg><script>MARQUE()</script></svg>",
        "<svg><animate onbegin=MARQUE() attributeName=x>",
        "<math><mtext><MARQUE>",
        "<iframe src=javascript:MARQUE()>",
        "<iframe srcdoc='<script>MARQUE()</script>'>",
        "<object data=javascript:MARQUE()>",
        "<embed src=MARQUE>",
        "<MARQUE>",
        "<MARQUE/onclick=1>",
        "<a href=javascript:MARQUE()>lien</a>",
        "<a href=\"data:text/html,MARQUE\">lien</a>",
        "<form action=//MARQUE.example><input name=a>",
        "<button formaction=javascript:MARQUE()>x",
        "<input autofocus onfocus=MARQUE()>",
        "<select autofocus onfocus=MARQUE()>",
        "<textarea autofocus onfocus=MARQUE()>",
        "<details open ontoggle=MARQUE()>",
        "<video><source onerror=MARQUE()>",
        "<audio src=x onerror=MARQUE()>",
        "<body onload=MARQUE()>",
        "<marquee onstart=MARQUE()>",
        "<meta http-equiv=refresh content=\"0;url=//MARQUE.example\">",
        "<base href=//MARQUE.example/>",
        "<link rel=stylesheet href=//MARQUE.example/a.css>",
        "<style>*{background:url(//MARQUE.example)}</style>",
        "<div style=\"background:url(//MARQUE.example)\">",
        "<p class=MARQUE>",
        "<noscript><MARQUE></noscript>",
        "<template><MARQUE></template>",
        "<!-- MARQUE -->",
        "--><MARQUE>",
        "<![CDATA[<MARQUE>]]>",
        "<?MARQUE?>",
        "<!DOCTYPE MARQUE>",
        "\"><MARQUE>",
        "'><MARQUE>",
        "\" onmouseover=\"MARQUE()",
        "' onmouseover='MARQUE()",
        "\" autofocus onfocus=MARQUE() x=\"",
        "` onmouseover=MARQUE()",
        "</textarea><MARQUE>",
        "</title><MARQUE>",
        "</option></select><MARQUE>",
        "</dd></dl></main><MARQUE>",
        "{{MARQUE}}",
        "{{{MARQUE}}}",
        "{{#each this}}MARQUE{{/each}}",
        "{{> pages/MARQUE}}",
        "${MARQUE}",
        "<%= MARQUE %>",
        "&lt;MARQUE&gt;",
        "&#60;MARQUE&#62;",
        "\\u003cMARQUE\\u003e",
        "%3CMARQUE%3E",
        "\u{ff1c}MARQUE\u{ff1e}",
        "javascript:MARQUE()",
    ];
    formes.iter().map(|f| f.replace("MARQUE", MARQUE)).collect()
}

fn arbre(texte: &str) -> RcDom {
    parse_document(RcDom::default(), ParseOpts::default()).one(texte)
}

fn parcourt(noeud: &Handle, vu: &mut impl FnMut(&Handle)) {
    vu(noeud);
    for enfant in noeud.children.borrow().iter() {
        parcourt(enfant, vu);
    }
}

/// The name of an element and its attributes.
fn element(noeud: &Handle) -> Option<(String, BTreeMap<String, String>)> {
    let NodeData::Element { name, attrs, .. } = &noeud.data else {
        return None;
    };
    let attrs = attrs.borrow();
    let attrs = attrs
        .iter()
        .map(|a| (a.name.local.to_string(), a.value.to_string()));
    Some((name.local.to_string(), attrs.collect()))
}

fn textes(noeud: &Handle) -> String {
    let mut tout = String::new();
    parcourt(noeud, &mut |n| {
        if let NodeData::Text { contents } = &n.data {
            tout.push_str(&contents.borrow());
        }
    });
    tout
}

/// Elements, each with each of its attributes, as templates write them.
type Mots = BTreeSet<String>;

fn mots(dom: &RcDom) -> Mots {
    let mut vus = Mots::new();
    parcourt(&dom.document, &mut |n| {
        if let Some((nom, attrs)) = element(n) {
            vus.extend(attrs.keys().map(|a| format!("{nom} {a}")));
            vus.insert(nom);
        }
    });
    vus
}

/// What is wrong with a page: anything but texts that a payload made.
fn fautes(texte: &str, propres: &Mots) -> Vec<String> {
    let dom = arbre(texte);
    let nouveaux = mots(&dom);
    let mut fautes: Vec<String> = nouveaux.difference(propres).cloned().collect();
    parcourt(&dom.document, &mut |n| match &n.data {
        NodeData::Comment { contents } if contents.contains(MARQUE) => {
            fautes.push(format!("commentaire {contents}"));
        }
        NodeData::Element { .. } => {
            let (nom, attrs) = element(n).unwrap();
            for (attribut, valeur) in attrs {
                let adresse = ["href", "src", "action"].contains(&&*attribut);
                let sure = valeur.starts_with(['/', '#', '?'])
                    || valeur.starts_with("https://")
                    || valeur.starts_with("mailto:");
                if adresse && (!sure || valeur.starts_with("//")) {
                    fautes.push(format!("{nom} {attribut}={valeur}"));
                }
                let nomme = ["class", "style", "for", "role", "name"].contains(&&*attribut);
                if nomme && valeur.contains(MARQUE) {
                    fautes.push(format!("{nom} {attribut}={valeur}"));
                }
            }
            let ferme = ["script", "style", "noscript", "template"].contains(&&*nom);
            if ferme && textes(n).contains(MARQUE) {
                fautes.push(format!("dans {nom}"));
            }
        }
        _ => {}
    });
    fautes
}

/// A form of a page: where it goes, what it sends.
struct Formulaire {
    vers: String,
    champs: Vec<(String, String)>,
    /// The places of those that hold a text.
    libres: Vec<usize>,
}

/// What each kind of input is sent with.
fn rempli(genre: &str, attrs: &BTreeMap<String, String>) -> Option<(String, bool)> {
    let valeur = attrs.get("value").cloned().unwrap_or_default();
    match genre {
        "submit" | "button" | "file" | "image" | "reset" => None,
        "hidden" => Some((valeur, false)),
        "radio" | "checkbox" => Some((
            attrs.get("value").map_or("on".to_owned(), Clone::clone),
            false,
        )),
        "date" => Some(("2029-01-15".to_owned(), false)),
        "number" => Some(("3".to_owned(), false)),
        _ => Some((valeur, true)),
    }
}

fn formulaires(texte: &str) -> Vec<Formulaire> {
    let dom = arbre(texte);
    let mut trouves = Vec::new();
    parcourt(&dom.document, &mut |n| {
        let Some((nom, attrs)) = element(n).filter(|(nom, _)| nom == "form") else {
            return;
        };
        assert_eq!(nom, "form");
        if attrs.get("method").map(String::as_str) != Some("post") {
            return;
        }
        let mut un = Formulaire {
            vers: attrs.get("action").cloned().unwrap_or_default(),
            champs: Vec::new(),
            libres: Vec::new(),
        };
        let mut choisis = BTreeSet::new();
        parcourt(n, &mut |champ| {
            let Some((genre, attrs)) = element(champ) else {
                return;
            };
            let Some(nom) = attrs.get("name").cloned() else {
                return;
            };
            let rempli = match &*genre {
                "input" => {
                    let genre = attrs.get("type").map_or("text", String::as_str);
                    let unique = genre != "radio" || choisis.insert(nom.clone());
                    rempli(genre, &attrs).filter(|_| unique)
                }
                "textarea" => Some((String::new(), true)),
                "select" => Some((choix(champ), false)),
                _ => None,
            };
            if let Some((valeur, libre)) = rempli {
                if libre {
                    un.libres.push(un.champs.len());
                }
                un.champs.push((nom, valeur));
            }
        });
        trouves.push(un);
    });
    trouves
}

/// The first option that says something.
fn choix(liste: &Handle) -> String {
    let mut dites = Vec::new();
    parcourt(liste, &mut |n| {
        if let Some((nom, attrs)) = element(n)
            && nom == "option"
        {
            let dite = attrs.get("value").cloned().unwrap_or_else(|| textes(n));
            dites.push(dite);
        }
    });
    dites
        .into_iter()
        .find(|d| !d.is_empty())
        .unwrap_or_default()
}

/// Addresses of ours that a page links to.
fn liens(texte: &str) -> Vec<String> {
    let mut trouves = Vec::new();
    parcourt(&arbre(texte).document, &mut |n| {
        if let Some((_, attrs)) = element(n)
            && let Some(href) = attrs.get("href").filter(|h| h.starts_with('/'))
        {
            trouves.push(href.split('#').next().unwrap().to_owned());
        }
    });
    trouves
}

const PAGES_MAX: usize = 110;

/// Every page that someone reaches by links, up to a bound.
fn visite(salle: &Salle, routeur: &Router, qui: &str) -> BTreeMap<String, String> {
    let departs = ["/", "/compte", "/administration"].map(str::to_owned);
    let mut file: VecDeque<String> = departs.into();
    file.push_back(format!("/contrats/{CONTRAT}"));
    let mut vues = BTreeMap::new();
    let mut connues: BTreeSet<String> = file.iter().cloned().collect();
    // Of pages that differ by a parameter only, a few are enough.
    let mut familles: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(chemin) = file.pop_front().filter(|_| vues.len() < PAGES_MAX) {
        let lue = lit(salle, routeur, qui, &chemin);
        if lue.code != StatusCode::OK || !lue.entete("content-type").starts_with("text/html") {
            continue;
        }
        let texte = lue.texte();
        for lien in liens(&texte) {
            let famille = lien.split('?').next().unwrap().to_owned();
            let n = familles.entry(famille).or_default();
            if *n < 6 && connues.insert(lien.clone()) {
                *n += 1;
                file.push_back(lien);
            }
        }
        vues.insert(chemin, texte);
    }
    vues
}

/// What ends a session, or asks for what is not typed here.
const A_PART: [&str; 4] = [
    "/deconnexion",
    "/compte/sessions",
    "/compte/mot-de-passe",
    "/compte/second-facteur",
];

/// What pages hold, and every form they show, once.
fn releve(salle: &Salle, routeur: &Router) -> (Mots, BTreeMap<String, Formulaire>) {
    let mut propres = Mots::new();
    let mut formes: BTreeMap<String, Formulaire> = BTreeMap::new();
    for qui in ["karim", "claire"] {
        for texte in visite(salle, routeur, qui).values() {
            propres.extend(mots(&arbre(texte)));
            for forme in formulaires(texte) {
                let noms: Vec<&str> = forme.champs.iter().map(|c| &*c.0).collect();
                let cle = format!("{} {}", forme.vers, noms.join(" "));
                if !forme.libres.is_empty() && !A_PART.contains(&&*forme.vers) {
                    formes.entry(cle).or_insert(forme);
                }
            }
        }
    }
    (propres, formes)
}

#[test]
fn sixty_payloads_in_every_text_field_of_every_form_make_nothing_but_text() {
    let charges = charges();
    assert!(charges.len() >= 60, "{}", charges.len());
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    // given the pages as they are, and every form they show, once
    let (propres, formes) = releve(&salle, &routeur);
    assert!(formes.len() >= 8, "{:?}", formes.keys());
    // when each text field gets each payload: all of them in one, then a few at a time
    let mut prises = 0;
    let toutes = charges.join("\n");
    for forme in formes.values() {
        for tour in 0..6 {
            let mut champs = forme.champs.clone();
            for (rang, place) in forme.libres.iter().enumerate() {
                let charge = &charges[(tour * 11 + rang * 7) % charges.len()];
                let texte = if tour == 0 { &toutes } else { charge };
                champs[*place].1.clone_from(texte);
            }
            for (nom, valeur) in &mut champs {
                // A request of its own each time.
                if nom == "id" {
                    *valeur = uuid::Uuid::now_v7().to_string();
                }
            }
            let qui = if tour % 2 == 0 { "karim" } else { "claire" };
            let lue = envoie(&salle, &routeur, (qui, &forme.vers), code(&champs));
            assert!(
                !lue.code.is_server_error(),
                "{} {}",
                forme.vers,
                lue.texte()
            );
            prises += usize::from(lue.code == StatusCode::SEE_OTHER);
            // the page that refuses it shows it again
            let fautes = fautes_d_une_reponse(&lue.texte(), &propres);
            assert!(fautes.is_empty(), "{} {fautes:?}", forme.vers);
        }
    }
    assert!(prises >= 10, "{prises}");
    // then no page holds anything that a payload made, and some show what was typed
    let mut montrent = 0;
    for qui in ["karim", "claire"] {
        for (chemin, texte) in visite(&salle, &routeur, qui) {
            let fautes = fautes_d_une_reponse(&texte, &propres);
            assert!(fautes.is_empty(), "{chemin} {fautes:?}");
            montrent += usize::from(texte.contains(MARQUE));
        }
    }
    assert!(montrent >= 5, "{montrent}");
}

/// A word that a template writes only for what is refused, or for what there was none of, is let
/// pass when its template says it; what a payload would make is not.
fn fautes_d_une_reponse(texte: &str, propres: &Mots) -> Vec<String> {
    let gabarits = gabarits();
    let trouvees = fautes(texte, propres).into_iter();
    trouvees.filter(|mot| !gabarits.contains(mot)).collect()
}

/// What templates may write: their elements, each with each of their attributes.
fn gabarits() -> &'static Mots {
    static MOTS: std::sync::OnceLock<Mots> = std::sync::OnceLock::new();
    MOTS.get_or_init(|| {
        let (mut elements, mut attributs) = (Mots::new(), Mots::new());
        for dossier in ["pages", "fragments", "icones"] {
            let ici = format!("{}/templates/{dossier}", env!("CARGO_MANIFEST_DIR"));
            for entree in std::fs::read_dir(ici).unwrap() {
                let texte = std::fs::read_to_string(entree.unwrap().path()).unwrap();
                let mot = |c: char| c.is_ascii_alphanumeric() || c == '-';
                for suite in texte.split('<').skip(1) {
                    elements.insert(suite.split(|c| !mot(c)).next().unwrap().to_owned());
                }
                for avant in texte.split("=\"") {
                    attributs.insert(avant.rsplit(|c| !mot(c)).next().unwrap().to_owned());
                }
            }
        }
        let nus = [
            "required",
            "selected",
            "checked",
            "multiple",
            "readonly",
            "data-arrivee",
        ];
        attributs.extend(nus.map(str::to_owned));
        assert!(
            !attributs
                .iter()
                .any(|a| a.starts_with("on") || a == "style")
        );
        let paires = |e: &String| {
            attributs
                .iter()
                .map(|a| format!("{e} {a}"))
                .collect::<Vec<_>>()
        };
        let paires: Mots = elements.iter().flat_map(paires).collect();
        elements.into_iter().chain(paires).collect()
    })
}

#[test]
fn a_payload_that_is_not_escaped_is_seen() {
    // given a page that templates write, when each payload stands in it as it is
    let page =
        |corps: &str| format!("<html><head><title>t</title></head><body>{corps}</body></html>");
    let propres = mots(&arbre(&page("<p>x</p><input value=\"\">")));
    assert!(fautes(&page("<p>xq7 &lt;img&gt;</p>"), &propres).is_empty());
    let charges = charges();
    let vues = charges.iter().filter(|charge| {
        let nue = page(&format!("<p>{charge}</p>"));
        let attribut = page(&format!("<input value=\"{charge}\">"));
        !fautes(&nue, &propres).is_empty() || !fautes(&attribut, &propres).is_empty()
    });
    // then those that make markup of HTML itself are all seen
    let vues = vues.count();
    assert!(vues >= 42, "{vues}");
}
