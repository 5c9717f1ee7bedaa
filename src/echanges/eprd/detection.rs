//! Which frame a workbook follows: by the names of its tabs, and by its page de garde.

use super::Refus;
use super::description::{CADRES, Cadre, Cible, Genre, Modele, Role};
use super::normal::{annee, commence, etiquette, variantes};
use super::vue::{Case, Vue, serre};
use crate::echanges::classeur::{Cellule, Classeur, Feuille};
use crate::echanges::faute::trouve;

/// Tabs told in one sentence.
const DITS: usize = 30;

/// A frame, and which tab is which.
pub struct Choix<'a> {
    pub cadre: &'static Cadre,
    pub exercice: i32,
    /// As written.
    pub ej: String,
    pub feuilles: Vec<(&'a Feuille, &'static Modele)>,
    /// Tabs that nothing reads.
    pub ignorees: Vec<&'a str>,
}

/// # Errors
/// No frame known, or a page de garde that does not say whose document it is.
pub fn choisit(classeur: &Classeur) -> Result<Choix<'_>, Refus> {
    let mut candidats: Vec<Candidat<'_>> = CADRES
        .iter()
        .filter_map(|cadre| Candidat::de(cadre, classeur))
        .collect();
    // The first words of the page de garde say which document it is; then the tabs, which vintage.
    candidats.sort_by_key(|c| {
        (
            c.marque,
            std::cmp::Reverse(c.feuilles.len()),
            !c.dans_l_annee(),
        )
    });
    let Some(choisi) = candidats.into_iter().next() else {
        return Err(Refus::Fichier(inconnu(classeur)));
    };
    let garde = choisi.garde;
    let exercice = choisi
        .exercice
        .map_err(|motif| Refus::Fichier(sans(garde, &motif)))?;
    let ej = role(choisi.cadre, &Vue::de(garde), Role::FinessEj);
    let ej = ej.map_err(|motif| Refus::Fichier(sans(garde, &motif)))?;
    Ok(Choix {
        cadre: choisi.cadre,
        exercice,
        ej: ecrit(ej),
        feuilles: choisi.feuilles,
        ignorees: choisi.ignorees,
    })
}

struct Candidat<'a> {
    cadre: &'static Cadre,
    garde: &'a Feuille,
    exercice: Result<i32, String>,
    /// Where the page de garde first names the document.
    marque: (u32, u32),
    feuilles: Vec<(&'a Feuille, &'static Modele)>,
    ignorees: Vec<&'a str>,
}

impl<'a> Candidat<'a> {
    fn de(cadre: &'static Cadre, classeur: &'a Classeur) -> Option<Self> {
        let mut feuilles: Vec<(&Feuille, &Modele)> = Vec::new();
        let mut ignorees = Vec::new();
        for feuille in &classeur.feuilles {
            let pris = |m: &Modele| feuilles.iter().any(|(_, autre)| autre.genre == m.genre);
            let modele = modele(cadre, &feuille.nom).filter(|m| m.par_esms() || !pris(m));
            match modele {
                Some(modele) => feuilles.push((feuille, modele)),
                None => ignorees.push(feuille.nom.as_str()),
            }
        }
        let est = |genre: Genre| feuilles.iter().find(|(_, m)| m.genre == genre);
        let (garde, _) = est(Genre::Garde)?;
        est(Genre::Crp)?;
        let vue = Vue::de(garde);
        let marques: Vec<String> = cadre
            .marques
            .iter()
            .map(|m| format!(" {} ", etiquette(m)))
            .collect();
        let dite = |serre: &str| {
            let serre = format!(" {serre} ");
            marques.iter().any(|marque| serre.contains(marque))
        };
        let places = vue.etiquettes().filter(|(serre, _)| dite(serre));
        let marque = places.map(|(_, place)| place).min()?;
        let exercice = role(cadre, &vue, Role::Exercice).and_then(|cellule| {
            let dit = serre(cellule).unwrap_or_default();
            let dit = dit.strip_prefix("exercice ").unwrap_or(&dit);
            // « N » is no year here.
            let lue = annee(dit, 0);
            lue.ok_or_else(|| format!("l'exercice attendu est une année ; trouvé {cellule}"))
        });
        Some(Self {
            cadre,
            garde,
            exercice,
            marque,
            feuilles,
            ignorees,
        })
    }

    fn dans_l_annee(&self) -> bool {
        self.exercice
            .as_ref()
            .is_ok_and(|exercice| self.cadre.vaut(*exercice))
    }
}

/// The kind of tab whose name is the longest beginning of this one.
fn modele(cadre: &'static Cadre, nom: &str) -> Option<&'static Modele> {
    let nom = etiquette(nom);
    let noms = cadre.feuilles.iter().flat_map(|modele| {
        let onglets = modele.onglets.iter();
        onglets.map(move |onglet| (etiquette(onglet), modele))
    });
    let noms = noms.filter(|(debut, _)| commence(&nom, debut));
    noms.max_by_key(|(debut, _)| debut.len())
        .map(|(_, modele)| modele)
}

/// What the page de garde says of a role.
fn role<'a>(cadre: &Cadre, vue: &Vue<'a>, role: Role) -> Result<&'a Cellule, String> {
    let garde = cadre.modele(Genre::Garde);
    let mut postes = garde
        .iter()
        .flat_map(|m| &m.tableaux)
        .flat_map(|t| &t.lignes);
    let poste = postes.find(|poste| poste.cible == Cible::Role(role));
    let libelles = poste
        .map(|poste| poste.libelles.as_slice())
        .unwrap_or_default();
    let formes: Vec<String> = libelles.iter().flat_map(|l| variantes(l, 0)).collect();
    let dits = libelles.first().map_or("", String::as_str);
    match vue.ou(&formes, &Vue::tout()).as_slice() {
        [] => Err(format!("libellé « {dits} » introuvable")),
        [zone] => match vue.a_droite(zone) {
            Case::Une(_, _, cellule) => Ok(cellule),
            Case::SansResultat(ligne, colonne) => Err(format!(
                "la formule de {} n'a jamais été calculée",
                Vue::nom(ligne, colonne)
            )),
            _ => Err(format!("rien à droite de « {dits} »")),
        },
        [_, autre, ..] => Err(format!(
            "« {dits} » s'y trouve deux fois, dont {}",
            Vue::nom(autre.haut, autre.gauche)
        )),
    }
}

/// A cell as a FINESS number would be written.
pub fn ecrit(cellule: &Cellule) -> String {
    match cellule {
        Cellule::Texte(texte) => texte.clone(),
        Cellule::Nombre(nombre) => nombre.to_string(),
        autre => autre.to_string(),
    }
}

fn sans(garde: &Feuille, motif: &str) -> String {
    format!(
        "L'onglet « {} » ne dit pas de qui est ce document : {motif}. Remplissez l'exercice et le \
         numéro FINESS de l'entité juridique.",
        garde.nom
    )
}

fn inconnu(classeur: &Classeur) -> String {
    let noms: Vec<String> = classeur
        .feuilles
        .iter()
        .take(DITS)
        .map(|f| trouve(&f.nom))
        .collect();
    let suite = if classeur.feuilles.len() > DITS {
        "…"
    } else {
        ""
    };
    let cadres: Vec<String> = CADRES
        .iter()
        .map(|cadre| {
            let onglets = [Genre::Garde, Genre::Crp].map(|genre| {
                let modele = cadre.modele(genre);
                modele
                    .and_then(|m| m.onglets.first())
                    .map_or("", String::as_str)
            });
            format!("{} (« {} », « {} »…)", cadre.titre, onglets[0], onglets[1])
        })
        .collect();
    format!(
        "Ce classeur ne suit aucun cadre connu. Onglets trouvés : {}{suite}. Attendu l'un de : {} \
         ; ou une seule feuille en forme longue.",
        noms.join(", "),
        cadres.join(" ; ")
    )
}
