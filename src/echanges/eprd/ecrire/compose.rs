//! From lines to sheets: each line goes to the cell that its frame has for it, the others to the
//! sheet of complements.

use super::comptes;
use super::page::{Allure, Case, Page};
use crate::echanges::eprd::description::{
    Annee, Cadre, Cible, Colonne, Forme, Genre, Modele, Poste, Role, Tableau, Unite,
};
use crate::echanges::eprd::normal::{echelle, en_toutes_lettres, etiquette, variantes};
use crate::echanges::tableaux::feuilles;
use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Valeur};
use crate::metier::nombre::Nombre;
use std::collections::{BTreeMap, BTreeSet};

/// Years of a plan, the exercise included.
const HORIZON: i32 = 5;
/// Below the title of a sheet and its unit.
const DEBUT: u32 = 3;

/// What is being written.
pub struct Composition<'a> {
    pub lignes: &'a Lignes,
    /// Lines that no cell holds yet.
    restent: BTreeMap<Cle, &'a Ligne>,
    /// Where the totals of the sheet being written stand.
    pub totaux: BTreeMap<&'a str, (u32, u32)>,
}

/// A sheet being written.
pub struct Feuille {
    pub page: Page,
    /// Labels of this kind of tab: no text of a line may be taken for one.
    pub ancres: BTreeSet<String>,
    pub lieu: Lieu,
}

pub fn pages(lignes: &Lignes, cadre: &Cadre) -> Vec<Page> {
    let mut composition = Composition {
        lignes,
        restent: lignes.toutes().collect(),
        totaux: BTreeMap::new(),
    };
    let mut pages = Vec::new();
    for modele in &cadre.feuilles {
        let lieux: Vec<Lieu> = if modele.par_esms() {
            lignes.lieux().collect()
        } else {
            vec![Lieu::Ensemble]
        };
        for lieu in lieux {
            pages.push(composition.feuille(cadre, modele, lieu));
        }
    }
    let noms: Vec<&str> = pages.iter().map(|page| page.nom.as_str()).collect();
    let noms = feuilles::de(&noms);
    for (page, nom) in pages.iter_mut().zip(noms) {
        page.nom = nom;
    }
    pages
}

impl<'a> Composition<'a> {
    fn feuille(&mut self, cadre: &Cadre, modele: &'a Modele, lieu: Lieu) -> Page {
        let onglet = self.onglet(modele, lieu);
        let mut page = Page {
            nom: onglet,
            ..Page::default()
        };
        let premier = modele.onglets.first().map_or("", String::as_str);
        page.texte(
            (0, 0),
            &format!("{} : {premier}", cadre.titre),
            Allure::Titre,
        );
        if modele.genre == Genre::LisezMoi {
            lisez_moi(&mut page, cadre, self.lignes);
            return page;
        }
        page.texte((1, 0), "Montants en euros", Allure::Libelle);
        let mut feuille = Feuille {
            page,
            ancres: ancres(modele, self.lignes.exercice),
            lieu,
        };
        self.totaux.clear();
        let mut haut = DEBUT;
        for tableau in &modele.tableaux {
            let gauche = if tableau.a_droite {
                feuille
                    .page
                    .cases
                    .keys()
                    .map(|(_, c)| c + 2)
                    .max()
                    .unwrap_or_default()
            } else {
                haut = feuille.page.fin().max(DEBUT) + 1;
                0
            };
            self.tableau(&mut feuille, tableau, (haut, gauche));
        }
        feuille.page
    }

    /// The name of a tab, before it is cut: its kind, and whose it is.
    fn onglet(&self, modele: &Modele, lieu: Lieu) -> String {
        let premier = modele.onglets.first().map_or("", String::as_str);
        let Some(esms) = self.lignes.esms_de(lieu) else {
            return premier.to_owned();
        };
        let genre = self
            .lignes
            .trouve(Bloc::Ident, lieu, self.lignes.exercice, "CRP_TYPE");
        let genre = match genre.map(|ligne| &ligne.valeur) {
            Some(Valeur::Texte(mot)) => modele.onglets.iter().find(|onglet| *onglet == mot),
            _ => None,
        };
        format!("{} {}", genre.map_or(premier, String::as_str), esms.nom)
    }

    fn tableau(&mut self, feuille: &mut Feuille, tableau: &'a Tableau, coin: (u32, u32)) {
        let (mut haut, gauche) = coin;
        if let Some(titre) = tableau.titre.first() {
            feuille.page.texte((haut, gauche), titre, Allure::Titre);
            haut += 1;
        }
        match tableau.forme {
            Forme::Fiche => self.fiche(feuille, tableau, (haut, gauche)),
            Forme::Lignes => self.lignes(feuille, tableau, (haut, gauche)),
            Forme::Comptes => comptes::ecrit(self, feuille, tableau, (haut, gauche)),
            Forme::Liste => self.liste(feuille, tableau, (haut, gauche)),
            Forme::Longue => self.longue(feuille, tableau, (haut, gauche)),
        }
    }

    fn fiche(&mut self, feuille: &mut Feuille, tableau: &'a Tableau, (haut, gauche): (u32, u32)) {
        for (ligne, poste) in (haut..).zip(&tableau.lignes) {
            self.libelle(feuille, poste, (ligne, gauche));
            let place = (ligne, gauche + 1);
            let case = match &poste.cible {
                Cible::Role(role) => self.role(feuille, *role),
                Cible::Ligne { .. } => {
                    let lieu = feuille.lieu;
                    self.poste(feuille, (lieu, self.lignes.exercice), poste, "")
                }
            };
            let case = self.resultat(feuille, poste, case);
            feuille.page.pose(place, case, Allure::Saisie);
        }
    }

    /// A result below its totals is what they make.
    fn resultat(&self, feuille: &Feuille, poste: &Poste, case: Case) -> Case {
        let dit = matches!(&poste.cible, Cible::Ligne { bloc: Bloc::Total, code, .. }
            if code == "RESULTAT");
        let total = |code: &str| {
            self.totaux
                .get(code)
                .map(|(ligne, rang)| (*rang, *ligne, *ligne))
        };
        match (total("PRODUITS"), total("CHARGES")) {
            (Some(produits), Some(charges)) if dit => {
                comptes::calcul(feuille, case, &[produits], &[charges])
            }
            _ => case,
        }
    }

    fn role(&self, feuille: &Feuille, role: Role) -> Case {
        let esms = self.lignes.esms_de(feuille.lieu);
        match role {
            Role::Exercice => Case::Nombre(Nombre::from(self.lignes.exercice)),
            Role::FinessEj => Case::Texte(self.lignes.ej.clone()),
            Role::FinessEt => esms.map_or(Case::Vide, |e| Case::Texte(e.finess.clone())),
            Role::Esms => {
                let nom = esms
                    .filter(|e| libre(feuille, &e.nom))
                    .map(|e| e.nom.clone());
                nom.map_or(Case::Vide, Case::Texte)
            }
        }
    }

    fn libelle(&self, feuille: &mut Feuille, poste: &Poste, place: (u32, u32)) {
        let dit = poste.dit();
        let dit = en_toutes_lettres(dit, self.lignes.exercice);
        feuille.page.texte(place, &dit, Allure::Libelle);
    }

    fn lignes(&mut self, feuille: &mut Feuille, tableau: &'a Tableau, (haut, gauche): (u32, u32)) {
        entetes_des_noms(feuille, tableau, (haut, gauche));
        let valeurs = self.colonnes(feuille, tableau);
        let noms = largeur(tableau);
        for (rang, (colonne, annee)) in (gauche + noms..).zip(&valeurs) {
            let dit = colonne.libelles.first().map_or("", String::as_str);
            let dit = en_toutes_lettres(dit, self.lignes.exercice);
            let case = if dit == "{annee}" {
                Case::Nombre(Nombre::from(*annee))
            } else {
                Case::Texte(dit.replace("{annee}", &annee.to_string()))
            };
            feuille.page.pose((haut, rang), case, Allure::Entete);
        }
        for (ligne, poste) in (haut + 1..).zip(&tableau.lignes) {
            self.libelle(feuille, poste, (ligne, gauche));
            for (rang, (_, annee)) in (gauche + noms..).zip(&valeurs) {
                let place = (ligne, rang);
                let lieu = feuille.lieu;
                let case = self.poste(feuille, (lieu, *annee), poste, "");
                feuille.page.pose(place, case, Allure::Saisie);
            }
        }
    }

    /// The columns of values and their years: those of the plan, and those that lines speak of.
    fn colonnes(&self, feuille: &Feuille, tableau: &'a Tableau) -> Vec<(&'a Colonne, i32)> {
        let exercice = self.lignes.exercice;
        let mut annees: BTreeSet<i32> = (exercice..=exercice + HORIZON).collect();
        let cibles: BTreeSet<(Bloc, &str)> = tableau
            .lignes
            .iter()
            .filter_map(|poste| match &poste.cible {
                Cible::Ligne { bloc, code, .. } => Some((*bloc, code.as_str())),
                Cible::Role(_) => None,
            })
            .collect();
        let siennes = self.restent.keys().filter(|cle| cle.lieu == feuille.lieu);
        let siennes = siennes.filter(|cle| cibles.contains(&(cle.bloc, cle.code.as_str())));
        annees.extend(
            siennes
                .map(|cle| cle.annee)
                .filter(|a| (1990..=2100).contains(a)),
        );
        let colonnes = tableau
            .valeurs
            .iter()
            .flat_map(|colonne| match colonne.annee {
                Annee::Ecart(ecart) => vec![(colonne, exercice + ecart)],
                Annee::Lue => annees.iter().map(|annee| (colonne, *annee)).collect(),
            });
        colonnes.collect()
    }

    fn liste(&mut self, feuille: &mut Feuille, tableau: &'a Tableau, (haut, gauche): (u32, u32)) {
        entetes_des_noms(feuille, tableau, (haut, gauche));
        let noms = largeur(tableau);
        for (rang, poste) in (gauche + noms..).zip(&tableau.lignes) {
            let dit = poste.dit();
            let dit = en_toutes_lettres(dit, self.lignes.exercice);
            feuille.page.texte((haut, rang), &dit, Allure::Entete);
        }
        for (ligne, lieu) in (haut + 1..).zip(self.lignes.lieux()) {
            let unite = self.unite(tableau, lieu);
            let esms = self.lignes.esms_de(lieu);
            for (rang, (role, _)) in (gauche..).zip(&tableau.colonnes) {
                let case = match (role.as_str(), esms) {
                    ("finess", Some(esms)) => Case::Texte(esms.finess.clone()),
                    ("esms", Some(esms)) => Case::Texte(esms.nom.clone()),
                    ("unite", _) if !unite.is_empty() => Case::Texte(unite.clone()),
                    _ => Case::Vide,
                };
                feuille.page.pose((ligne, rang), case, Allure::Saisie);
            }
            for (rang, poste) in (gauche + noms..).zip(&tableau.lignes) {
                let annee = (lieu, self.lignes.exercice);
                let case = self.poste(feuille, annee, poste, &unite);
                feuille.page.pose((ligne, rang), case, Allure::Saisie);
            }
        }
    }

    /// The unit of an establishment's activity: that of its first line.
    fn unite(&self, tableau: &Tableau, lieu: Lieu) -> String {
        let dites = tableau
            .lignes
            .iter()
            .filter_map(|poste| match &poste.cible {
                Cible::Ligne {
                    bloc,
                    code,
                    unite: Unite::Lue,
                    annee,
                    ..
                } => {
                    let annee = self.lignes.exercice + annee;
                    Some(self.lignes.trouve(*bloc, lieu, annee, code)?.unite.clone())
                }
                _ => None,
            });
        dites
            .into_iter()
            .next()
            .filter(|unite| unite.trim() == unite)
            .unwrap_or_default()
    }

    /// What no cell of the frame holds.
    fn longue(&mut self, feuille: &mut Feuille, tableau: &'a Tableau, (haut, gauche): (u32, u32)) {
        entetes_des_noms(feuille, tableau, (haut, gauche));
        for (numero, (cle, ligne)) in (haut + 1..).zip(std::mem::take(&mut self.restent)) {
            for (rang, (role, _)) in (gauche..).zip(&tableau.colonnes) {
                let texte = |texte: &str| Case::Texte(texte.to_owned());
                let case = match role.as_str() {
                    "bloc" => texte(cle.bloc.mot()),
                    "code" => texte(&cle.code),
                    "libelle" => texte(&ligne.libelle),
                    "annee" => Case::Nombre(Nombre::from(cle.annee)),
                    "unite" => texte(&ligne.unite),
                    "finess" => self
                        .lignes
                        .esms_de(cle.lieu)
                        .map_or(Case::Vide, |esms| texte(&esms.finess)),
                    _ => nue(&ligne.valeur),
                };
                feuille.page.pose((numero, rang), case, Allure::Saisie);
            }
        }
    }

    /// The cell of a line of the description; empty when nothing goes there.
    fn poste(
        &mut self,
        feuille: &Feuille,
        (lieu, annee): (Lieu, i32),
        poste: &'a Poste,
        unite_lue: &str,
    ) -> Case {
        let Cible::Ligne {
            bloc,
            code,
            unite,
            annee: ecart,
            mots,
        } = &poste.cible
        else {
            return Case::Vide;
        };
        let cle = Cle {
            bloc: *bloc,
            lieu,
            annee: annee + ecart,
            code: code.clone(),
        };
        self.prend(&cle, |ligne| match unite {
            Unite::Dite(unite) => case(feuille, ligne, unite, mots),
            Unite::Lue if ligne.unite != unite_lue || unite_lue.is_empty() => None,
            Unite::Lue => case(feuille, ligne, unite_lue, mots),
        })
    }

    /// The cell of a line, which is then written; empty when there is no line, or no way to write
    /// it there.
    pub fn prend(&mut self, cle: &Cle, case: impl Fn(&Ligne) -> Option<Case>) -> Case {
        let Some(case) = self.restent.get(cle).and_then(|ligne| case(ligne)) else {
            return Case::Vide;
        };
        self.restent.remove(cle);
        case
    }

    /// The lines of a block that are not written yet.
    pub fn du_bloc(&self, bloc: Bloc, lieu: Lieu, annee: i32) -> Vec<&'a str> {
        let lignes = self.lignes.du_bloc(bloc, lieu, annee);
        lignes.map(|(code, _)| code).collect()
    }
}

/// Headings of the columns that name things.
pub fn entetes_des_noms(feuille: &mut Feuille, tableau: &Tableau, (haut, gauche): (u32, u32)) {
    for (rang, (_, libelles)) in (gauche..).zip(&tableau.colonnes) {
        let dit = libelles.first().map_or("", String::as_str);
        feuille.page.texte((haut, rang), dit, Allure::Entete);
    }
}

/// How many columns name things.
pub fn largeur(tableau: &Tableau) -> u32 {
    u32::try_from(tableau.colonnes.len()).unwrap_or(u32::MAX)
}

/// What a line of a unit holds, when what is read again is the same.
pub fn case(
    feuille: &Feuille,
    ligne: &Ligne,
    unite: &str,
    mots: &BTreeMap<String, Vec<String>>,
) -> Option<Case> {
    if ligne.unite != unite {
        return None;
    }
    match (&ligne.valeur, unite) {
        (Valeur::Montant(centimes), "EUR") => Some(Case::Montant(*centimes)),
        (Valeur::Taux(nombre), "pourcent") => Some(Case::Pourcent(*nombre)),
        (Valeur::Jour(jour), "date") => Some(Case::Jour(*jour)),
        (Valeur::Annee(annee), "annee") => Some(Case::Nombre(Nombre::from(*annee))),
        (Valeur::Oui(oui), "booleen") => {
            Some(Case::Texte(if *oui { "Oui" } else { "Non" }.to_owned()))
        }
        (Valeur::Texte(texte), "texte") if mots.is_empty() => {
            libre(feuille, texte).then(|| Case::Texte(texte.clone()))
        }
        (Valeur::Texte(texte), "texte") => {
            let dit = mots.get(texte).and_then(|formes| formes.first());
            dit.map(|dit| Case::Texte(dit.clone()))
        }
        (_, "EUR" | "pourcent" | "date" | "annee" | "booleen" | "texte") => None,
        (Valeur::Quantite(nombre), _) => Some(Case::Nombre(*nombre)),
        _ => None,
    }
}

/// Whether a text can stand in a sheet without being taken for a label or a unit.
pub fn libre(feuille: &Feuille, texte: &str) -> bool {
    let propre = !texte.is_empty() && texte.trim() == texte;
    propre && echelle(texte).is_none() && !feuille.ancres.contains(&etiquette(texte))
}

/// A value as the long form writes it.
fn nue(valeur: &Valeur) -> Case {
    match valeur {
        Valeur::Montant(centimes) => Case::Montant(*centimes),
        Valeur::Quantite(nombre) | Valeur::Taux(nombre) => Case::Nombre(*nombre),
        Valeur::Annee(annee) => Case::Nombre(Nombre::from(*annee)),
        Valeur::Jour(jour) => Case::Jour(*jour),
        Valeur::Oui(oui) => Case::Texte(if *oui { "oui" } else { "non" }.to_owned()),
        Valeur::Texte(texte) => Case::Texte(texte.clone()),
    }
}

fn ancres(modele: &Modele, exercice: i32) -> BTreeSet<String> {
    let libelles = modele.libelles();
    libelles
        .flat_map(|libelle| variantes(libelle, exercice))
        .collect()
}

fn lisez_moi(page: &mut Page, cadre: &Cadre, lignes: &Lignes) {
    let textes = [
        format!(
            "Exercice {} du gestionnaire {}.",
            lignes.exercice, lignes.ej
        ),
        "Ce classeur suit la forme des cadres normalisés, sans être le cadre officiel.".to_owned(),
        format!("Établi d'après : {}.", cadre.source),
        "Les cellules claires se remplissent ; celles que le contrat dit le sont déjà.".to_owned(),
        "Un onglet de compte de résultat par établissement, reconnu au FINESS qui y est écrit."
            .to_owned(),
        "Ne changez ni titres, ni libellés, ni numéros de compte : ils servent à relire."
            .to_owned(),
        "Lignes et colonnes peuvent être déplacées ou ajoutées.".to_owned(),
    ];
    for (ligne, texte) in (2..).zip(textes) {
        page.texte((ligne, 0), &texte, Allure::Libelle);
    }
}
