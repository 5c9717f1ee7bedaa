//! What a search found.

use super::accueil::{TacheLue, TacheVue, tache};
use super::francais::{cherchable, compte, court, entier, typographie};
use super::liste::{LienVue, encode};
use super::resume::ResumeContrat;
use chrono::NaiveDate;
use serde::Serialize;

/// The most of each kind that the page shows.
pub const TROUVAILLES: u64 = 20;

/// What lists hold of it; one more than is shown when there is more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouve {
    pub contrats: Vec<ResumeContrat>,
    /// Contract, its title, number, name.
    pub esms: Vec<(String, String, String, String)>,
    /// Name, number of contracts.
    pub parties: Vec<(String, i64)>,
    /// All those of who looks: the page keeps those that say what is searched.
    pub taches: Vec<TacheLue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RechercheVue {
    pub titre: String,
    /// What is searched; empty: nothing yet.
    pub texte: String,
    pub groupes: Vec<GroupeVue>,
    pub taches: Vec<TacheVue>,
    /// Nothing at all.
    pub rien: bool,
}

/// Things of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupeVue {
    pub cle: &'static str,
    pub titre: &'static str,
    pub icone: &'static str,
    pub lignes: Vec<TrouvailleVue>,
    /// There are others: a longer text finds them.
    pub encore: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrouvailleVue {
    pub lien: LienVue,
    pub sous: String,
}

/// What was found. `texte`: as it was typed.
pub fn recherche(trouve: &Trouve, texte: &str, aujourdhui: NaiveDate) -> RechercheVue {
    let groupes = [
        groupe(
            ("contrats", "Contrats", "icones/contrat"),
            &trouve.contrats,
            contrat,
        ),
        groupe(
            ("esms", "Établissements et services", "icones/liste"),
            &trouve.esms,
            esms,
        ),
        groupe(
            ("parties", "Parties", "icones/gens"),
            &trouve.parties,
            partie,
        ),
    ];
    let groupes = groupes.into_iter().filter(|g| !g.lignes.is_empty());
    let groupes: Vec<GroupeVue> = groupes.collect();
    let cherche = cherchable(texte);
    let dite = |t: &&TacheLue| {
        let elements: Vec<String> = t.lieu.keys().collect();
        let dite = format!("{} {} {}", t.titre, t.de, elements.join(" "));
        !cherche.is_empty() && cherchable(&dite).contains(&cherche)
    };
    let taches = trouve.taches.iter().filter(dite);
    let taches: Vec<TacheVue> = taches.map(|t| tache(t, aujourdhui)).collect();
    RechercheVue {
        titre: match texte {
            "" => "Rechercher".to_owned(),
            texte => typographie(&format!("Recherche : {}", court(texte))),
        },
        rien: !texte.is_empty() && groupes.is_empty() && taches.is_empty(),
        texte: texte.to_owned(),
        groupes,
        taches,
    }
}

fn groupe<T>(
    (cle, titre, icone): (&'static str, &'static str, &'static str),
    trouves: &[T],
    ligne: impl Fn(&T) -> TrouvailleVue,
) -> GroupeVue {
    let nombre = usize::try_from(TROUVAILLES).unwrap_or(usize::MAX);
    GroupeVue {
        cle,
        titre,
        icone,
        lignes: trouves.iter().take(nombre).map(ligne).collect(),
        encore: trouves.len() > nombre,
    }
}

fn trouvaille(adresse: String, titre: &str, sous: String) -> TrouvailleVue {
    let titre = court(titre);
    TrouvailleVue {
        lien: LienVue { titre, adresse },
        sous,
    }
}

fn contrat(resume: &ResumeContrat) -> TrouvailleVue {
    let sous = format!("{}. {} ESMS.", resume.phase, resume.esms);
    trouvaille(super::adresse(&resume.id), &resume.titre, sous)
}

fn esms((contrat, de, finess, nom): &(String, String, String, String)) -> TrouvailleVue {
    let adresse = format!("{}/esms/{}", super::adresse(contrat), encode(finess));
    trouvaille(adresse, nom, format!("FINESS {finess}. {}", court(de)))
}

fn partie((nom, nombre): &(String, i64)) -> TrouvailleVue {
    let contrats = match nombre {
        0..=1 => compte(nombre.unsigned_abs(), "contrat", "contrats"),
        n => format!("{}\u{a0}contrats", entier(*n)),
    };
    let adresse = format!("/contrats?q={}", encode(nom));
    trouvaille(adresse, nom, contrats)
}
