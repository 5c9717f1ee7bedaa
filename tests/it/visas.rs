//! What an organisation asks to see before it leaves: prepared, seen rank by rank, then done by
//! the last; and how it comes back to its author.

mod canari;
mod chemin;
mod regle;

use crate::pages::gens::droit;
use crate::pages::salle::{Salle, runtime};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use entente::app::comptes::{Auteur, Circuit, Fonction, Portee, Rang};
use entente::workflow::definition::model::Role;
use std::collections::BTreeSet;
use tower::ServiceExt;

pub const C: &str = "/contrats/c";
const MAISON: &str = "gestionnaire";
/// The establishment of the writings of these tests, and another.
pub const SESSAD: &str = "990002024";
pub const AUTRE: &str = "990002032";

/// The people of the managing body: their function and scope there.
fn gens() -> [(&'static str, Fonction, Portee); 7] {
    let un = |finess: &str| Portee::Esms(BTreeSet::from([finess.to_owned()]));
    [
        ("cadre", Fonction::Contribution, Portee::Tout),
        ("dir", Fonction::Contribution, Portee::Tout),
        ("dg", Fonction::Validation, Portee::Tout),
        ("pres", Fonction::Signature, Portee::Tout),
        ("vice", Fonction::Signature, Portee::Tout),
        ("adm", Fonction::Administration, Portee::Tout),
        ("paule", Fonction::Contribution, un(AUTRE)),
    ]
}

/// Directeur d'ESMS → DG → Président.
pub fn circuit(des: Role) -> Circuit {
    let rang = |titre: &str, gens: &[&str]| Rang {
        titre: titre.to_owned(),
        personnes: gens.iter().map(|g| (*g).to_owned()).collect(),
    };
    Circuit {
        organisation: MAISON.to_owned(),
        des,
        rangs: vec![
            rang("Directeur d’ESMS", &["dir"]),
            rang("DG", &["dg"]),
            rang("Président", &["pres", "vice"]),
        ],
    }
}

pub struct Ici {
    pub salle: Salle,
    routeur: Router,
}

pub struct Lue {
    pub code: StatusCode,
    pub vers: String,
    pub corps: String,
}

impl Ici {
    /// The story at the end of a day, with the people of the managing body, and no circuit.
    pub fn au(postgres: bool, jour: &str) -> Self {
        let mut salle = Salle::sur(postgres, "c", jour);
        let maintenant = salle.maintenant();
        for (id, fonction, portee) in gens() {
            let droits = [droit(MAISON, fonction, portee)];
            runtime().block_on(salle.gens.inscrit(id, &droits, maintenant));
        }
        let routeur = salle.sert(None);
        Self { salle, routeur }
    }

    /// Serves again, once what it stands on has changed.
    pub fn sert(&mut self) {
        self.routeur = self.salle.sert(None);
    }

    pub fn avec(self, circuit: &Circuit) -> Self {
        let comptes = self.salle.comptes();
        let maintenant = self.salle.maintenant();
        let ecrit = comptes.ecrire_circuit(Auteur::Programme, circuit, maintenant);
        runtime().block_on(ecrit).unwrap();
        self
    }

    pub fn demande(&self, requete: Request<Body>) -> Lue {
        runtime().block_on(async {
            let reponse = self.routeur.clone().oneshot(requete).await.unwrap();
            let (tete, corps) = reponse.into_parts();
            let octets = to_bytes(corps, usize::MAX).await.unwrap();
            let vers = tete.headers.get(header::LOCATION);
            Lue {
                code: tete.status,
                vers: vers.map_or("", |v| v.to_str().unwrap()).to_owned(),
                corps: String::from_utf8_lossy(&octets).into_owned(),
            }
        })
    }

    pub fn lit(&self, qui: &str, chemin: &str) -> Lue {
        let requete = Request::get(chemin).header(header::COOKIE, self.salle.gens.cookie(qui));
        self.demande(requete.body(Body::empty()).unwrap())
    }

    pub fn envoie(&self, qui: &str, chemin: &str, champs: &[(&str, &str)]) -> Lue {
        self.demande(self.requete(qui, chemin, champs))
    }

    pub fn requete(&self, qui: &str, chemin: &str, champs: &[(&str, &str)]) -> Request<Body> {
        let mut code = form_urlencoded::Serializer::new(String::new());
        let corps = code.extend_pairs(champs).finish();
        Request::post(chemin)
            .header(header::COOKIE, self.salle.gens.cookie(qui))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(corps))
            .unwrap()
    }

    /// The two at once.
    pub fn ensemble(&self, requetes: [Request<Body>; 2]) -> [StatusCode; 2] {
        runtime().block_on(async {
            let [une, deux] = requetes.map(|r| self.routeur.clone().oneshot(r));
            let (une, deux) = tokio::join!(une, deux);
            [une.unwrap().status(), deux.unwrap().status()]
        })
    }

    /// The lines of the contract: who wrote each last one, and its digest.
    pub fn journal(&self) -> Vec<(String, String)> {
        let lignes = self.salle.entente.journal("c");
        let lignes = runtime().block_on(lignes).unwrap().unwrap();
        let ecrite =
            |l: &entente::metier::chaine::Scellee| (l.auteur.clone(), l.empreinte.to_string());
        lignes.iter().map(ecrite).collect()
    }

    /// What the form of the signature shows someone, as it is sent back.
    pub fn empreinte(&self, qui: &str) -> String {
        let page = self.lit(qui, &format!("{C}/acte?{SIGNER}")).corps;
        let (_, suite) = page.split_once("name=\"empreinte\" value=\"").unwrap();
        suite.split('"').next().unwrap().to_owned()
    }

    /// Someone fills in the signature; answers where it leads.
    pub fn signe(&self, qui: &str, id: &str) -> Lue {
        let empreinte = self.empreinte(qui);
        let champs = [
            ("flux", "cpom"),
            ("lieu", "a_signer"),
            ("acte", "signer"),
            ("geste", "faire"),
            ("empreinte", &*empreinte),
            ("id", id),
        ];
        self.envoie(qui, &format!("{C}/acte"), &champs)
    }

    /// Someone writes of a theme of an establishment.
    pub fn ecrit(&self, qui: &str, (id, esms, texte): (&str, &str, &str)) -> Lue {
        let champs = [
            ("flux", "cpom"),
            ("id", id),
            ("esms", esms),
            ("theme", "D2"),
            ("texte", texte),
        ];
        self.envoie(qui, &format!("{C}/ecrire/theme"), &champs)
    }
}

/// What was prepared, from where its form led.
pub fn prepare(lue: &Lue) -> String {
    assert_eq!(lue.code, StatusCode::SEE_OTHER, "{}", lue.corps);
    let (adresse, mot) = lue.vers.split_once('?').unwrap();
    assert_eq!(mot, "fait=prepare", "{}", lue.vers);
    adresse.to_owned()
}

const SIGNER: &str = "flux=cpom&lieu=a_signer&acte=signer";
/// The contract awaits its signatures.
pub const A_SIGNER: &str = "2024-12-05";
/// Establishments are diagnosed.
pub const DIAGNOSTIC: &str = "2024-03-11";
