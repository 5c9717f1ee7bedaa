//! A contract of three départements. Each of its parties sees it, a fourth département does not;
//! what one of them keeps is not there for the two others. Two approved tables, the same on both
//! databases: who gets what from each route, and who reads what anywhere at all.

use crate::bases::atelier;
use crate::pages::echanges::{depose_sur, envoie, lit};
use crate::pages::gens::droit;
use crate::pages::salle::{Salle, runtime};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use entente::app::comptes::{Auteur, Circuit, Droit, Ensemble, Fonction, Genre, Portee, Rang};
use entente::app::demo::{self, Enregistree};
use entente::web::routes::{Route, routes};
use entente::workflow::definition::model::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use tower::ServiceExt;

const C: &str = "/contrats/trois";
/// Of the agency; of each département, the third with the agency.
const ESMS: [&str; 4] = ["990005019", "990005043", "980005029", "970005039"];

const HISTOIRE: &str = r#"
titre: CPOM de trois départements
workflow: cpom-ph
alias: { un: "departement:99", deux: "departement:98", trois: "departement:97" }
personnes:
  claire: { nom: Claire Moreau, partie: gestionnaire, role: validation }
  karim: { nom: Karim Belhadj, partie: ars, role: validation }
  sophie: { nom: Sophie Lambert, partie: "@un", role: validation }
  ines: { nom: Inès Duval, partie: "@deux", role: validation }
  omar: { nom: Omar Petit, partie: "@trois", role: validation }
etapes:
  - { le: 2022-07-21, par: karim, pour: "990005019",
      entre: { esms: SESSAD Les Passerelles, categorie: "182",
      places: 45, tarif: dotation_globale, ej: "990001018", ars: oui } }
  - { par: karim, pour: "990005043",
      entre: { esms: Foyer Le Colombier, categorie: "252",
      places: 24, tarif: dotation_globale, ej: "990001018", departement: "99" } }
  - { par: karim, pour: "980005029",
      entre: { esms: Foyer de la Source, categorie: "252",
      places: 20, tarif: dotation_globale, ej: "990001018", departement: "98" } }
  - { par: karim, pour: "970005039",
      entre: { esms: SAMSAH du Plateau, categorie: "445",
      places: 15, tarif: dotation_globale, ej: "990001018", ars: oui, departement: "97" } }
  - { par: karim, saisit: { quoi: organisation,
      partie: ars, organisation: { nom: ARS Val-Médian, siren: "999000003" } } }
  - { par: claire, saisit: { quoi: organisation,
      partie: gestionnaire, organisation: { nom: Les Rives Claires, ej: "990001018" } } }
  - { par: sophie, saisit: { quoi: organisation,
      partie: "@un", organisation: { nom: Département de la Haute-Vesle, siren: "999000011" } } }
  - { par: ines, saisit: { quoi: organisation,
      partie: "@deux", organisation: { nom: Département de la Basse-Vesle, siren: "999000045" } } }
  - { par: omar, saisit: { quoi: organisation,
      partie: "@trois", organisation: { nom: Département de l'Ardène, siren: "999000052" } } }
"#;

/// `ines` and `yves` of the second département, one of its foyer alone; `zoe` of a fourth; two of
/// the agency's delegations, one of the third département, the other of the fourth.
fn personnes() -> [(&'static str, Droit); 9] {
    let un = |finess: &str| Portee::Esms(BTreeSet::from([finess.to_owned()]));
    let service = Portee::Service("Foyers".to_owned());
    let delegation = |nom: &str| Portee::Delegation(nom.to_owned());
    let valide = |organisation, portee| droit(organisation, Fonction::Validation, portee);
    [
        ("ines", valide("basse-vesle", Portee::Tout)),
        (
            "yves",
            droit("basse-vesle", Fonction::Contribution, Portee::Tout),
        ),
        ("lise", valide("basse-vesle", service)),
        ("omar", valide("ardene", Portee::Tout)),
        ("zoe", valide("rochemont", Portee::Tout)),
        ("ana", valide("departement", un(ESMS[2]))),
        ("ici", valide("ars", delegation("Ardène"))),
        ("loin", valide("ars", delegation("Rochemont"))),
        ("paule", valide("gestionnaire", un(ESMS[0]))),
    ]
}

const IDS: [&str; 13] = [
    "karim", "claire", "sophie", "lea", "ines", "yves", "lise", "omar", "zoe", "ana", "ici",
    "loin", "paule",
];

/// What is said or prepared: its canary, and what names it.
const SECRETS: [(&str, &str); 8] = [
    ("message à tous", "Canari-tous"),
    ("message des autorités", "Canari-autorites"),
    ("message sur le foyer du deuxième", "Canari-foyer"),
    ("réunion", "Canari-reunion"),
    ("note du gestionnaire", "Canari-note-og"),
    ("note du deuxième département", "Canari-note-98"),
    ("note du troisième département", "Canari-note-97"),
    ("acte préparé au deuxième département", "Canari-prepare"),
];

struct Ici {
    salle: Salle,
    routeur: Router,
    visa: String,
    tableaux: Vec<String>,
}

impl Ici {
    fn sur(postgres: bool) -> Self {
        let mut salle = Salle::neuve(postgres, "2022-01-01T08:00:00Z");
        let debut = salle.maintenant();
        for (id, droit) in personnes() {
            runtime().block_on(salle.gens.inscrit(id, &[droit], debut));
        }
        let ensembles = [
            ("basse-vesle", Genre::Service, "Foyers", ESMS[2]),
            ("ars", Genre::Delegation, "Ardène", "97"),
            ("ars", Genre::Delegation, "Rochemont", "96"),
        ];
        for (organisation, genre, nom, membre) in ensembles {
            let ensemble = Ensemble {
                organisation: organisation.to_owned(),
                genre,
                nom: nom.to_owned(),
                membres: BTreeSet::from([membre.to_owned()]),
            };
            let par = Auteur::Programme;
            let ecrit = salle.comptes().ecrire_ensemble(par, &ensemble, debut);
            runtime().block_on(ecrit).unwrap();
        }
        let histoire = demo::lire(HISTOIRE).unwrap_or_else(|p| panic!("{p:?}"));
        let mut porte = Enregistree::new(&salle.entente, "trois", runtime().handle().clone());
        let jouee = demo::jouer(&mut porte, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));
        let maintenant = jouee.instant + chrono::TimeDelta::hours(1);
        salle.horloge = Arc::new(move || maintenant);
        let visa = dit(&salle);
        let routeur = salle.sert(None);
        let mut ici = Self {
            salle,
            routeur,
            visa,
            tableaux: Vec::new(),
        };
        let (_, lus, _) = ici.demande("karim", ("GET", "/api/v1/tableaux"));
        let lus: serde_json::Value = serde_json::from_str(&lus).unwrap();
        let lus = lus["tableaux"].as_array().or(lus["elements"].as_array());
        let noms = lus.unwrap().iter().map(|t| t["nom"].as_str().unwrap());
        ici.tableaux = noms.map(str::to_owned).collect();
        ici
    }

    /// The code, the body, and where it leads.
    fn demande(&self, qui: &str, (methode, chemin): (&str, &str)) -> (StatusCode, String, String) {
        let requete = Request::builder().method(methode).uri(chemin);
        let requete = if chemin.starts_with("/api/") {
            let requete = requete.header(header::AUTHORIZATION, self.salle.gens.porteur(qui));
            requete.header("idempotency-key", "x")
        } else {
            requete.header(header::COOKIE, self.salle.gens.cookie(qui))
        };
        let genre = match chemin {
            c if c.starts_with("/api/") => "application/json",
            _ => "application/x-www-form-urlencoded",
        };
        let requete = requete.header(header::CONTENT_TYPE, genre);
        runtime().block_on(async {
            let requete = requete.body(Body::empty()).unwrap();
            let reponse = self.routeur.clone().oneshot(requete).await.unwrap();
            let (tete, corps) = reponse.into_parts();
            let vers = tete.headers.get(header::LOCATION);
            let vers = vers.map_or("", |v| v.to_str().unwrap()).to_owned();
            let octets = to_bytes(corps, usize::MAX).await.unwrap();
            let corps = String::from_utf8_lossy(&octets).into_owned();
            (tete.status, corps, vers)
        })
    }

    /// A route of the contract, on each of the things it may name. `tout`: each table too.
    fn adresses(&self, route: &Route, tout: bool) -> Vec<String> {
        let chemin = route.chemin.replace("{id}", "trois");
        let chemin = chemin.replace("{genre}", "referent");
        let chemin = chemin.replace("{reunion}", "canari-reunion");
        let chemin = chemin.replace("{visa}", &self.visa);
        let chemin = chemin.replace("{ordre}", "11");
        let historique = ["historique".to_owned()];
        let noms = if tout {
            &self.tableaux[..]
        } else {
            &historique
        };
        let par = |nom: &str, valeurs: Vec<String>| -> Vec<String> {
            valeurs.iter().map(|v| chemin.replace(nom, v)).collect()
        };
        let cites = |valeurs: &[&str]| valeurs.iter().map(|v| (*v).to_owned()).collect();
        if chemin.contains("{finess}") {
            return par("{finess}", cites(&ESMS));
        }
        if chemin.contains("{fil}") {
            let fils = ["canari-tous", "canari-autorites", "canari-foyer"];
            return par("{fil}", cites(&fils));
        }
        if chemin.contains("{tableau}") {
            return par(
                "{tableau}",
                noms.iter().map(|n| format!("{n}.json")).collect(),
            );
        }
        if chemin.contains("{nom}") {
            return par("{nom}", noms.to_vec());
        }
        match (route.methode, route.chemin) {
            ("GET", "/contrats/{id}/ecrire/{genre}") => vec![format!("{chemin}?flux=cpom")],
            ("GET", "/contrats/{id}/acte") => {
                vec![format!("{chemin}?flux=cpom&lieu=programme&acte=lancer")]
            }
            _ => vec![chemin],
        }
    }
}

/// What people say and keep, then what one prepares. Answers its id.
fn dit(salle: &Salle) -> String {
    let dit = |qui: &str, page: &str, champs: &[(&str, &str)]| {
        let faite = envoie(salle, qui, &format!("{C}/{page}"), champs);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{page} {}", faite.texte);
        faite.vers
    };
    let texte = |canari: &'static str| ("texte", canari);
    let fil = |id, canari, suite: (&'static str, &'static str)| {
        [("sujet", canari), texte(canari), ("id", id), suite]
    };
    let tous = fil("canari-tous", "Canari-tous", ("cercle", "parties"));
    dit("karim", "echanges", &tous);
    let autorites = fil(
        "canari-autorites",
        "Canari-autorites",
        ("cercle", "autorites"),
    );
    dit("sophie", "echanges", &autorites);
    let foyer = fil("canari-foyer", "Canari-foyer", ("esms", ESMS[2]));
    dit("claire", "echanges", &foyer);
    let reunion = [
        ("objet", "Canari-reunion"),
        ("le", "2022-09-20"),
        ("ordre", "Canari-reunion"),
        ("ou", "Par téléphone"),
        ("id", "canari-reunion"),
    ];
    dit("omar", "reunions", &reunion);
    dit("claire", "notes", &[texte("Canari-note-og")]);
    dit("ines", "notes", &[texte("Canari-note-98")]);
    dit("omar", "notes", &[texte("Canari-note-97")]);
    let pdf = b"%PDF-1.7 une".as_slice();
    let faite = depose_sur(salle, ("claire", "trois"), ("PPI", "ppi.pdf"), pdf);
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    let circuit = Circuit {
        organisation: "basse-vesle".to_owned(),
        des: Role::Contribution,
        rangs: vec![Rang {
            titre: "DGA".to_owned(),
            personnes: BTreeSet::from(["ines".to_owned()]),
        }],
    };
    let (comptes, maintenant) = (salle.comptes(), salle.maintenant());
    let ecrit = comptes.ecrire_circuit(Auteur::Programme, &circuit, maintenant);
    runtime().block_on(ecrit).unwrap();
    let prepare = [
        ("flux", "cpom"),
        ("id", "v1"),
        ("personne", "Canari-prepare"),
    ];
    let vers = dit("yves", "ecrire/referent", &prepare);
    let retire = comptes.retirer_circuit(Auteur::Programme, "basse-vesle", maintenant);
    runtime().block_on(retire).unwrap();
    let (_, visa) = vers.split_once("/visas/").expect("prepared");
    visa.split('?').next().unwrap().to_owned()
}

/// Who gets what from each route of the contract, and its cells.
fn cases(ici: &Ici) -> (usize, String) {
    let (mut cases, mut table) = (0, String::new());
    for route in routes().iter().filter(|r| r.chemin.contains("{id}")) {
        for chemin in ici.adresses(route, false) {
            let mut ligne = format!("{} {chemin}\n ", route.methode);
            for qui in IDS {
                let (code, _, vers) = ici.demande(qui, (route.methode, &chemin));
                write!(ligne, " {qui} {}", code.as_u16()).unwrap();
                if let Some(vers) = vers.split('?').next().filter(|v| !v.is_empty()) {
                    write!(ligne, "→{vers}").unwrap();
                }
                cases += 1;
            }
            table.push_str(&ligne);
            table.push('\n');
        }
    }
    (cases, table)
}

/// Who reads what, at any address.
fn lus(ici: &Ici) -> String {
    let mut lus: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A salt or an id is not a text: what is said by its words alone.
    let lues = routes();
    let lues = lues.iter().filter(|r| r.methode == "GET");
    for route in lues.filter(|r| !r.chemin.contains("{fichier}") && r.chemin != "/metrics") {
        for chemin in ici.adresses(route, true) {
            for qui in IDS {
                let (code, corps, _) = ici.demande(qui, ("GET", &chemin));
                assert!(!code.is_server_error(), "{qui} {chemin} : {corps}");
                for (_, canari) in SECRETS.iter().filter(|(_, c)| corps.contains(*c)) {
                    lus.entry(canari).or_default().insert(qui);
                }
            }
        }
    }
    let mut table = String::new();
    for (quoi, canari) in SECRETS {
        let qui = lus.get(canari).cloned().unwrap_or_default();
        let qui = IDS.iter().filter(|id| qui.contains(**id));
        let qui: Vec<&str> = qui.copied().collect();
        writeln!(table, "{quoi}\n  {}", qui.join(" ")).unwrap();
    }
    table
}

fn eprouve(postgres: bool) -> String {
    let ici = Ici::sur(postgres);
    // What nobody holds answers as what is not there.
    let absente = lit(&ici.salle, "zoe", "/contrats/absent");
    let cachee = lit(&ici.salle, "zoe", C);
    assert_eq!((cachee.code, cachee.texte), (absente.code, absente.texte));
    let lus = lus(&ici);
    let (cases, table) = cases(&ici);
    format!(
        "{cases} cases, {} personnes × {} choses dites\n\n{lus}\n{table}",
        IDS.len(),
        SECRETS.len()
    )
}

#[test]
fn three_departements_share_a_contract_and_each_keeps_what_is_its_own() {
    let lite = eprouve(false);
    assert_eq!(lite, eprouve(true));
    insta::assert_snapshot!(lite);
}
