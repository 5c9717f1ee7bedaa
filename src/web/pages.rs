//! The pages: read the request, ask, show.

use super::erreurs::Faute;
use super::seance::Seance;
use super::{Etat, statique};
use crate::app::contrat::RACINE;
use crate::app::vues::francais::court;
use crate::app::vues::{self, Cadre, ContratLu, Fenetre, LIGNES_PAR_PAGE};
use crate::workflow::export::svg;
use crate::workflow::machine::digest::Digest;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Parameters of an address: those a page does not know are left aside.
pub(super) type Parametres = Query<BTreeMap<String, String>>;

/// What every page shows around its view.
#[derive(Serialize)]
pub(super) struct Cadrage {
    ruban: Option<String>,
    feuille: String,
    script: String,
    icone: String,
    version: &'static str,
    compte: Option<Compte>,
}

/// Who is signed in.
#[derive(Serialize)]
struct Compte {
    nom: String,
    organisation: String,
    administre: bool,
}

impl Cadrage {
    pub fn new(ruban: Option<String>) -> Self {
        let [feuille, script, icone] = statique::adresses();
        Self {
            ruban,
            feuille,
            script,
            icone,
            version: env!("CARGO_PKG_VERSION"),
            compte: None,
        }
    }

    fn pour(mut self, qui: Option<&Seance>) -> Self {
        self.compte = qui.map(|seance| Compte {
            nom: seance.visiteur.nom.clone(),
            organisation: seance.organisation(),
            administre: !seance.connecte.administrees().is_empty(),
        });
        self
    }
}

#[derive(Serialize)]
struct Page<V> {
    titre: String,
    cadre: Cadrage,
    menu: Option<Menu>,
    vue: V,
}

/// The contract's menu, and which entry is open.
#[derive(Serialize)]
pub(super) struct Menu {
    adresse: String,
    titre: String,
    entrees: Vec<Entree>,
}

#[derive(Serialize)]
struct Entree {
    lien: String,
    titre: &'static str,
    /// The partial that draws it.
    icone: &'static str,
    courante: bool,
}

/// A page's name, its title, its icon; and whether it tells of the whole contract, which someone
/// limited to some establishments does not see.
const ENTREES: [(&str, &str, &str, bool); 13] = [
    ("", "Vue d’ensemble", "icones/contrat", false),
    (
        "diagnostic",
        "Diagnostic partagé",
        "icones/recherche",
        false,
    ),
    ("besoins", "Besoins", "icones/coeur", false),
    ("eprd", "Budget EPRD", "icones/euro", true),
    ("ecrire", "Écrire", "icones/plume", false),
    ("accords", "Accords", "icones/leve", true),
    ("documents", "Documents", "icones/document", true),
    ("echanges", "Messages et avis", "icones/message", false),
    ("reunions", "Réunions", "icones/horloge", true),
    ("notes", "Notes privées", "icones/plume", true),
    ("journal", "Journal", "icones/journal", true),
    ("graphe", "Parcours", "icones/graphe", false),
    ("export", "Exporter", "icones/export", true),
];

impl Menu {
    /// `entree`: the page that is open, by its name.
    pub fn new(lu: &ContratLu, entree: &str) -> Self {
        let adresse = vues::adresse(&lu.identite.id);
        let vues = ENTREES.iter().filter(|e| !e.3 || lu.place.esms.is_none());
        let entrees = vues.map(|(nom, titre, icone, _)| Entree {
            lien: match *nom {
                "" => adresse.clone(),
                nom => format!("{adresse}/{nom}"),
            },
            titre,
            icone,
            courante: *nom == entree,
        });
        Self {
            titre: court(&lu.identite.titre),
            entrees: entrees.collect(),
            adresse,
        }
    }
}

impl Etat {
    pub(super) fn page<V: Serialize>(
        &self,
        qui: Option<&Seance>,
        gabarit: &str,
        (titre, menu): (String, Option<Menu>),
        vue: V,
    ) -> Result<Html<String>, Faute> {
        let page = Page {
            titre,
            cadre: Cadrage::new(self.options.ruban.clone()).pour(qui),
            menu,
            vue,
        };
        let rendue = self.gabarits.rend(gabarit, &page);
        rendue.map(Html).map_err(Faute::Interne)
    }

    pub(super) async fn lu(
        &self,
        seance: &Seance,
        id: &str,
        fenetre: &Fenetre,
    ) -> Result<ContratLu, Faute> {
        let lu = self
            .consultation
            .contrat(&seance.visiteur, id, fenetre)
            .await?;
        lu.ok_or(Faute::Introuvable)
    }
}

/// A page's number; 1 when it is not one.
pub(super) fn numero(parametres: &BTreeMap<String, String>) -> u64 {
    let page = parametres.get("page").and_then(|p| p.parse().ok());
    page.unwrap_or(1_u64).clamp(1, 1_000_000)
}

pub(super) fn texte(parametres: &BTreeMap<String, String>, cle: &str) -> String {
    let texte = parametres.get(cle).map_or("", String::as_str);
    texte.trim().chars().take(200).collect()
}

/// The stream that is asked; none: all, or the contract itself.
fn flux(parametres: &BTreeMap<String, String>) -> Option<String> {
    Some(texte(parametres, "flux")).filter(|flux| !flux.is_empty())
}

pub async fn contrat(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let fenetre = Fenetre {
        nombre: LIGNES_PAR_PAGE,
        ..Fenetre::default()
    };
    let lu = etat.lu(&seance, &id, &fenetre).await?;
    let mut vue = vues::contrat(&lu, etat.consultation.maintenant());
    vue.visas = etat.visas_du_contrat(&seance, &lu).await?;
    vue.fait = parametres.get("fait").and_then(|n| n.parse().ok());
    let titre = format!("{} - {}", vue.plume.titre, vue.titre);
    let menu = Menu::new(&lu, "");
    etat.page(Some(&seance), "pages/contrat", (titre, Some(menu)), vue)
}

pub async fn journal(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let fenetre = Fenetre {
        flux: flux(&parametres),
        apres: (numero(&parametres) - 1) * LIGNES_PAR_PAGE,
        nombre: LIGNES_PAR_PAGE,
    };
    let lu = etat.lu(&seance, &id, &fenetre).await?;
    // It tells of all establishments.
    if lu.place.esms.is_some() {
        return Err(Faute::Introuvable);
    }
    let vue = vues::journal(&lu, &fenetre);
    let titre = format!("Journal - {}", court(&lu.identite.titre));
    let menu = Menu::new(&lu, "journal");
    etat.page(Some(&seance), "pages/journal", (titre, Some(menu)), vue)
}

pub async fn graphe(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let flux = flux(&parametres).unwrap_or_else(|| RACINE.to_owned());
    let vue = vues::parcours(&lu, &flux).ok_or(Faute::Introuvable)?;
    let titre = format!("Parcours - {}", court(&lu.identite.titre));
    let menu = Menu::new(&lu, "graphe");
    etat.page(Some(&seance), "pages/graphe", (titre, Some(menu)), vue)
}

pub async fn accords(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    // They bind the whole contract.
    if lu.place.esms.is_some() {
        return Err(Faute::Introuvable);
    }
    let vue = vues::accords(&lu, etat.consultation.maintenant());
    let titre = format!("Accords - {}", vue.contrat);
    let menu = Menu::new(&lu, "accords");
    etat.page(Some(&seance), "pages/accords", (titre, Some(menu)), vue)
}

pub async fn etablissement(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, finess)): Path<(String, String)>,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let vue = vues::etablissement(&lu, &finess, etat.consultation.maintenant());
    let vue = vue.ok_or(Faute::Introuvable)?;
    let titre = format!("{} - {}", vue.nom, vue.contrat);
    let menu = Menu::new(&lu, "esms");
    etat.page(Some(&seance), "pages/esms", (titre, Some(menu)), vue)
}

/// The drawing alone holds its one style sheet, allowed by its digest.
pub async fn image(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let flux = flux(&parametres).unwrap_or_else(|| RACINE.to_owned());
    let cadre = match parametres.get("cadre").map(String::as_str) {
        Some("autour") => Cadre::Autour,
        _ => Cadre::Entier,
    };
    let dessin = vues::dessin(&lu, &flux, cadre).ok_or(Faute::Introuvable)?;
    let entetes = [
        (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
        (header::CONTENT_SECURITY_POLICY, CSP_DESSIN.clone()),
    ];
    Ok((entetes, dessin).into_response())
}

static CSP_DESSIN: LazyLock<String> = LazyLock::new(|| {
    let empreinte = base64(&Digest::of(svg::style().as_bytes()).0);
    format!("default-src 'none'; style-src 'sha256-{empreinte}'; frame-ancestors 'none'")
});

/// As content policies write digests.
fn base64(octets: &[u8]) -> String {
    const LETTRES: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut ecrit = String::new();
    for trois in octets.chunks(3) {
        let mot = trois
            .iter()
            .fold(0_u32, |mot, octet| (mot << 8) | u32::from(*octet));
        let mot = mot << (8 * (3 - trois.len()));
        for rang in 0..4 {
            if rang > trois.len() {
                ecrit.push('=');
            } else {
                let lettre = (mot >> (18 - 6 * rang)) & 63;
                ecrit.push(char::from(LETTRES[lettre as usize]));
            }
        }
    }
    ecrit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let connus = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (clair, ecrit) in connus {
            assert_eq!(base64(clair.as_bytes()), ecrit);
        }
    }

    #[test]
    fn a_page_number_that_is_not_one_is_the_first() {
        let lue = |page: &str| numero(&BTreeMap::from([("page".to_owned(), page.to_owned())]));
        let lues = ["2", "0", "-3", "abc", "18446744073709551616", "999999999"].map(lue);
        assert_eq!(lues, [2, 1, 1, 1, 1, 1_000_000]);
    }
}
