//! The diagnostic as a document: what the parties sign for, all voices told, page and PDF from the
//! same blocks.

use super::chiffres::{self, ChiffresVue};
use super::constats::{ConstatVue, Parties, dossier};
use super::ensemble::{DivergenceVue, EnsembleVue, Etendue, ensemble};
use super::{Comparaisons, Regard, places};
use crate::app::vues::francais::{court, typographie};
use crate::app::vues::lu::ContratLu;
use crate::app::vues::voix::Noms;
use crate::metier::contrat::dossier::{Contenu, Dossier};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::papier::{Bloc, Entree, Papier, Tableau, Voix};
use crate::metier::trame::{Theme, Trame};
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};

/// Establishments beside each other in a table: more would not fit the width of a page.
const DE_FRONT: usize = 6;

/// A synthesis: the whole document, and what a page shows of it.
pub struct Synthese {
    pub papier: Papier,
    /// The first blocks, those of the contract; all of them where it is of one establishment.
    pub communs: usize,
    /// The establishments that the others are about: name, number. Each has a page.
    pub esms: Vec<[String; 2]>,
}

/// The synthesis of a contract, or of one of its establishments. None: there is no such diagnostic,
/// for that reader.
pub fn synthese(lu: &ContratLu, maintenant: DateTime<Utc>, esms: Option<&str>) -> Option<Synthese> {
    let dossier = dossier(lu)?;
    let trame = dossier.registre().trame()?;
    let vus = dossier.collections().elements(ESMS);
    let vus = vus.filter(|(cle, _)| lu.place.voit(cle));
    let vus: Vec<(&String, &Element)> = vus
        .filter(|(cle, _)| esms.is_none_or(|voulu| voulu == cle.as_str()))
        .collect();
    let un = vus.first().filter(|_| esms.is_some());
    let mut blocs = match (esms, un) {
        (Some(_), None) => return None,
        (Some(_), Some(_)) => Vec::new(),
        (None, _) => du_contrat(&ensemble(lu, maintenant, Etendue::Entiere)?),
    };
    let communs = blocs.len();
    let sans = Comparaisons::new();
    let regard = Regard {
        lu,
        maintenant,
        comparaisons: &sans,
    };
    for (finess, element) in &vus {
        blocs.extend(d_un_esms(&regard, dossier, trame, (finess, element)));
    }
    let titre = match un {
        Some((_, element)) => format!("Diagnostic partagé : {}", element.nom()),
        None => "Diagnostic partagé".to_owned(),
    };
    // Nothing here fails to be written in JSON: strings and numbers.
    let empreinte = Digest::of(&serde_json::to_vec(&blocs).unwrap_or_default());
    let suite = vus.iter().filter(|_| un.is_none());
    Some(Synthese {
        communs: if un.is_some() { blocs.len() } else { communs },
        esms: suite
            .map(|(finess, element)| [element.nom().to_owned(), (*finess).clone()])
            .collect(),
        papier: Papier {
            titre: typographie(&titre),
            sous_titre: court(&lu.identite.titre),
            date: civil_date(maintenant),
            empreinte,
            blocs,
        },
    })
}

fn du_contrat(vue: &EnsembleVue) -> Vec<Bloc> {
    let mut blocs = vec![titre(1, "En bref")];
    let compte =
        |[nom, valeur, precision]: &[String; 3]| entree(nom, format!("{valeur}, {precision}"));
    let mut entrees = vec![entree(
        "Trame",
        format!("{}. {}", vue.trame, vue.trame_source),
    )];
    entrees.extend(vue.chiffres.iter().map(compte));
    blocs.push(Bloc::Definition { entrees });
    if let Some(synthese) = &vue.synthese {
        blocs.push(titre(1, "Synthèse"));
        blocs.push(paragraphe(synthese));
    }
    blocs.push(titre(1, "Thème par thème, établissement par établissement"));
    blocs.extend(matrice(vue));
    blocs.push(titre(1, "Ce qui reste en désaccord"));
    if vue.divergences.is_empty() {
        blocs.push(paragraphe("Aucun désaccord n’est écrit."));
    }
    blocs.extend(vue.divergences.iter().flat_map(divergence));
    blocs.push(titre(1, "Forces, faiblesses, opportunités, menaces"));
    for quart in &vue.quatre {
        blocs.push(titre(2, quart.titre));
        let elements = quart.constats.iter();
        let elements = elements.map(|[code, texte, esms]| format!("{code}, {esms} : {texte}"));
        let elements: Vec<String> = elements.map(|e| typographie(&e)).collect();
        blocs.push(if elements.is_empty() {
            paragraphe("Aucune.")
        } else {
            Bloc::Liste { elements }
        });
    }
    blocs.extend(conventions(vue));
    if !vue.sources.is_empty() {
        blocs.push(titre(1, "D’où viennent les chiffres"));
        let siens = vue
            .sources
            .iter()
            .map(|[source, n]| entree(source, n.clone()));
        blocs.push(Bloc::Definition {
            entrees: siens.collect(),
        });
    }
    blocs
}

/// Themes in lines, establishments in columns, a few at a time.
fn matrice(vue: &EnsembleVue) -> Vec<Bloc> {
    if vue.esms.is_empty() {
        return vec![paragraphe("Aucun établissement n’est encore au périmètre.")];
    }
    let rangs: Vec<usize> = (0..vue.esms.len()).collect();
    let morceau = |rangs: &[usize]| {
        let noms = rangs.iter().filter_map(|r| vue.esms.get(*r));
        let entetes = std::iter::once("Thème".to_owned()).chain(noms.map(|e| e.nom.clone()));
        let ligne = |theme: &super::ensemble::LigneVue| {
            let cases = rangs.iter().filter_map(|r| theme.cases.get(*r));
            let cases = cases.map(|case| match case.sous.as_str() {
                "" => case.dit.clone(),
                sous => format!("{}, {sous}", case.dit),
            });
            let tete = format!("{} {}", theme.code, theme.titre);
            std::iter::once(tete).chain(cases).collect()
        };
        tableau(
            "Où en est chaque thème dans chaque établissement",
            entetes.collect(),
            vue.themes.iter().map(ligne).collect(),
            Vec::new(),
        )
    };
    rangs.chunks(DE_FRONT).map(morceau).collect()
}

fn divergence(divergence: &DivergenceVue) -> Vec<Bloc> {
    let DivergenceVue {
        esms,
        theme,
        constat,
    } = divergence;
    vec![
        titre(2, &format!("{}, {esms}", constat.code)),
        paragraphe(&format!("{theme}. {}", constat.texte)),
        positions(constat),
    ]
}

/// What each party thinks of a finding, side by side.
fn positions(constat: &ConstatVue) -> Bloc {
    let voix = constat.positions.iter().map(|position| Voix {
        qui: position.voix.nom.clone(),
        texte: match position.texte.as_str() {
            "" => format!("{}.", position.avis),
            texte => typographie(&format!("{} : {texte}", position.avis)),
        },
    });
    Bloc::DeuxTextes {
        titre: format!("Positions sur {}", constat.code),
        voix: voix.collect(),
    }
}

fn conventions(vue: &EnsembleVue) -> Vec<Bloc> {
    if vue.conventions.is_empty() {
        return Vec::new();
    }
    let entetes = [
        "Numéro (inscrit par)",
        "Nature",
        "Intitulé",
        "Terme",
        "Engagements ouverts",
        "Bilan",
        "Pièce",
    ];
    let lignes = vue.conventions.iter().map(|c| {
        let numero = format!("{} ({})", c.cle, c.par.nom);
        let cases: [&str; 7] = [
            &numero,
            c.nature,
            &c.intitule,
            &c.terme,
            &c.engagements,
            &c.bilan,
            &c.piece,
        ];
        cases.map(str::to_owned).to_vec()
    });
    vec![
        titre(1, "Contrats et conventions en vigueur"),
        tableau(
            "Ce qui lie déjà le gestionnaire",
            entetes.map(str::to_owned).to_vec(),
            lignes.collect(),
            Vec::new(),
        ),
    ]
}

fn d_un_esms(
    regard: &Regard<'_>,
    dossier: &Dossier,
    trame: &'static Trame,
    (finess, element): (&str, &Element),
) -> Vec<Bloc> {
    let lu = regard.lu;
    let noms = Noms(&lu.identite.parties);
    let autorites = dossier.collections().autorites(ESMS, Some(finess));
    let autorites = autorites.iter().map(|partie| noms.nom(partie));
    let mut entrees = vec![
        entree("FINESS", finess.to_owned()),
        entree("Autorités", autorites.collect::<Vec<_>>().join(", ")),
    ];
    entrees.extend(places(element).map(|places| entree("Capacité", places)));
    let contenu = dossier.contenu("diagnostic", Some(finess));
    if let Some(empreinte) = contenu.and_then(Contenu::empreinte) {
        let nom = "Empreinte du texte sur lequel les parties s’accordent";
        entrees.push(entree(nom, empreinte.to_string()));
    }
    let mut blocs = vec![titre(1, element.nom()), Bloc::Definition { entrees }];
    let parties = Parties::de(lu, dossier, finess);
    for theme in &trame.themes {
        blocs.extend(d_un_theme(regard, dossier, (finess, theme), &parties));
    }
    blocs
}

/// A theme of an establishment; empty: nothing is said of it.
fn d_un_theme(
    regard: &Regard<'_>,
    dossier: &Dossier,
    (finess, theme): (&str, &'static Theme),
    parties: &Parties<'_>,
) -> Vec<Bloc> {
    let mut textes = dossier.registre().themes(finess);
    let texte = textes.find(|(code, _)| **code == theme.code);
    let chiffres = chiffres::chiffres(regard, dossier, (finess, theme));
    let constats = parties.constats(dossier, &theme.code, false);
    if texte.is_none() && chiffres.lignes.is_empty() && constats.is_empty() {
        return Vec::new();
    }
    let mut blocs = vec![titre(2, &format!("{} {}", theme.code, theme.titre))];
    blocs.extend(texte.map(|(_, texte)| paragraphe(texte)));
    blocs.extend(des_chiffres(&theme.code, chiffres));
    for constat in &constats {
        blocs.push(titre(3, &format!("{}, {}", constat.code, constat.genre)));
        blocs.push(paragraphe(&dit(constat)));
        blocs.push(positions(constat));
    }
    blocs
}

/// A finding in a paragraph: what it says, the figure it reads, its proof.
fn dit(constat: &ConstatVue) -> String {
    let mut dit = vec![constat.texte.clone()];
    dit.extend(constat.donnee.as_ref().map(|d| format!("Donnée : {d}.")));
    if !constat.preuve.is_empty() {
        dit.push(format!(
            "Preuve : {}.",
            constat.preuve.trim_end_matches('.')
        ));
    }
    dit.extend(constat.gravite.map(|g| format!("Gravité : {g}.")));
    typographie(&dit.join(" "))
}

fn des_chiffres(theme: &str, chiffres: ChiffresVue) -> Option<Bloc> {
    if chiffres.lignes.is_empty() {
        return None;
    }
    let annees = chiffres.annees.iter().map(i32::to_string);
    let entetes = std::iter::once("Indicateur".to_owned()).chain(annees);
    let entetes = entetes.chain(["Source".to_owned()]);
    let mut notes = Vec::new();
    let lignes = chiffres.lignes.into_iter().map(|ligne| {
        let corrige = ligne.ancienne.map(|a| format!("{} : {a}.", ligne.libelle));
        notes.extend(corrige.map(|note| typographie(&note)));
        let source = format!("{}, {}, {}", ligne.source, ligne.piece, ligne.le);
        let tete = format!("{} {}", ligne.code, ligne.libelle);
        let valeurs = ligne.valeurs.into_iter();
        std::iter::once(tete)
            .chain(valeurs)
            .chain([source])
            .collect()
    });
    let lignes = lignes.collect();
    let legende = format!("Chiffres du thème {theme}");
    Some(tableau(&legende, entetes.collect(), lignes, notes))
}

fn titre(niveau: u8, texte: &str) -> Bloc {
    Bloc::Titre {
        niveau,
        texte: typographie(texte),
    }
}

fn paragraphe(texte: &str) -> Bloc {
    Bloc::Paragraphe {
        texte: texte.to_owned(),
    }
}

fn entree(nom: &str, valeur: String) -> Entree {
    Entree {
        nom: typographie(nom),
        valeur,
    }
}

fn tableau(
    legende: &str,
    entetes: Vec<String>,
    lignes: Vec<Vec<String>>,
    notes: Vec<String>,
) -> Bloc {
    Bloc::Tableau(Tableau {
        legende: legende.to_owned(),
        entetes,
        lignes,
        notes,
    })
}
