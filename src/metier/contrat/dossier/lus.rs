//! Facts read from what parties entered. Where nothing was entered yet, a party may still state
//! them with its proof.

use super::Dossier;
use super::monde::Monde;
use crate::metier::contrat::diagnostic::Profil;
use crate::metier::contrat::perimetre::{Element, GESTIONNAIRE};
use crate::regles::value::Value;
use chrono::NaiveDate;

/// A contract's targets: one for each year it may last (CASF L.313-11: five years).
const ANNEES: usize = 5;

/// How many; `None`: nothing entered tells it.
type Compte = Option<usize>;

impl Monde<'_> {
    /// A fact that what was entered tells; `None`: nothing tells it, and it is stated.
    pub(super) fn lu(&self, name: &str, item: Option<&str>) -> Option<Value> {
        let compte = |compte: Compte| {
            let compte = i64::try_from(compte?).unwrap_or(i64::MAX);
            Some(Value::Integer(compte))
        };
        match (name, item) {
            ("contrat.parties_sans_referent", _) => compte(Some(self.sans_referent())),
            ("contrat.delegations_invalides", _) => compte(self.sans_signataire()),
            ("diagnostic.themes_obligatoires_vides", Some(esms)) => compte(self.vides(esms)),
            ("diagnostic.constats_sans_position", Some(esms)) => compte(self.sans_position(esms)),
            // Whatever is entered says where it comes from.
            ("indicateurs.sans_source", Some(esms)) => {
                let chiffres = self.racine().registre.chiffres(esms)?;
                let mut apportes = chiffres.values().filter(|c| !c.source.d_autorite());
                compte(apportes.next().map(|_| 0))
            }
            ("besoins.profil_depose", Some(esms)) => {
                let depose = |p: &Profil| p.esms.iter().any(|e| e == esms);
                Some(Value::Boolean(self.racine().registre.profils().any(depose)))
            }
            // As on the day of the deposit: what came later is another budget's.
            ("eprd.ko_bloquants", _) => {
                let depose = self.flux("eprd-annuel")?.registre.budget(false)?;
                compte(Some(depose.budget.bilan.bloquants))
            }
            ("objectifs.lie_a_un_constat", Some(objectif)) => {
                let element = self.perimetre().element("objectifs", objectif)?;
                let lie = matches!(element, Element::Objectif { constats, .. }
                    if !constats.is_empty());
                lie.then_some(Value::Boolean(true))
            }
            ("objectifs.indicateur_complet", Some(objectif)) => {
                let indicateur = self.racine().registre.indicateur(objectif)?;
                Some(Value::Boolean(indicateur.cibles.len() >= ANNEES))
            }
            ("objectifs.financement_dit", Some(objectif)) => self.finance(objectif),
            ("moyens.equilibre", Some(financeur)) => self.equilibre(financeur),
            ("revue.objectifs_sans_note", Some(partie)) => compte(self.sans_note(partie)),
            ("revue.indicateurs_sans_valeur", Some(esms)) => compte(self.sans_valeur(esms)),
            _ => None,
        }
    }

    fn sans_referent(&self) -> usize {
        let racine = self.racine();
        let parties = racine.suivi.parties.iter();
        let sans = parties.filter(|p| racine.registre.referent(p).is_none());
        sans.count()
    }

    /// Parties that said who signs for them, none of whom may today.
    fn sans_signataire(&self) -> Compte {
        let racine = self.racine();
        let parties = racine.suivi.parties.iter();
        let dits = parties.filter_map(|p| racine.registre.signataire(p, self.jour));
        let dits: Vec<bool> = dits.collect();
        let manquent = dits.iter().filter(|signe| !**signe).count();
        (!dits.is_empty()).then_some(manquent)
    }

    fn vides(&self, esms: &str) -> Compte {
        let remplis: Vec<&String> = self.racine().registre.themes(esms).map(|t| t.0).collect();
        let categorie = match self.perimetre().element("esms", esms) {
            Some(Element::Esms { categorie, .. }) => categorie.as_deref(),
            _ => None,
        };
        let vides = self.racine().registre.trame()?.obligatoires(categorie);
        let vides = vides.filter(|theme| !remplis.contains(&&theme.code));
        (!remplis.is_empty()).then(|| vides.count())
    }

    /// Findings on which the operator, or an authority of the establishment, says nothing yet.
    fn sans_position(&self, esms: &str) -> Compte {
        let racine = self.racine();
        let mut constats = racine.registre.constats(esms).map(|c| c.0).peekable();
        constats.peek()?;
        let autorites = self.perimetre().autorites("esms", Some(esms));
        let contenu = racine.contenu("diagnostic", Some(esms));
        let manque = |constat: &&String| {
            let positions = contenu.and_then(|c| c.positions.get(*constat));
            let a_dit = |p: &str| positions.is_some_and(|dites| dites.contains_key(p));
            !a_dit(GESTIONNAIRE) || !autorites.iter().all(|a| a_dit(a))
        };
        Some(constats.filter(manque).count())
    }

    /// Each financer that the objective names has a line for it.
    fn finance(&self, objectif: &str) -> Option<Value> {
        let element = self.perimetre().element("objectifs", objectif)?;
        let Element::Objectif { financeurs, .. } = element else {
            return None;
        };
        let registre = &self.racine().registre;
        let paie = |financeur: &String| {
            let mut lignes = registre.moyens(financeur);
            lignes.any(|(_, moyen)| moyen.objectif.as_deref() == Some(objectif))
        };
        let dit = !financeurs.is_empty() && financeurs.iter().all(paie);
        dit.then_some(Value::Boolean(true))
    }

    fn equilibre(&self, financeur: &str) -> Option<Value> {
        let registre = &self.racine().registre;
        let total = registre.total(financeur)?;
        let lignes = registre.moyens(financeur);
        let somme: i128 = lignes.map(|(_, moyen)| i128::from(moyen.montant)).sum();
        Some(Value::Boolean(somme == i128::from(total)))
    }

    /// The objectives of the contract, by key: those agreed on, or all those of a contract taken
    /// over.
    fn arretes(&self) -> impl Iterator<Item = &String> {
        let racine = self.racine();
        let tous = self.perimetre().cles("objectifs").iter();
        tous.filter(|cle| {
            let accord = ("objectif".to_owned(), (*cle).clone());
            racine.reprise.is_some() || racine.suivi.accords.contains_key(&accord)
        })
    }

    /// Objectives agreed on that an authority has not rated; once it rated one.
    fn sans_note(&self, partie: &str) -> Compte {
        let registre = &self.revue()?.registre;
        let perimetre = self.perimetre();
        let concerne = |objectif: &&String| {
            let autorites = perimetre.autorites("objectifs", Some(objectif));
            autorites.iter().any(|a| a == partie) && registre.note(objectif, partie).is_none()
        };
        registre
            .a_note(partie)
            .then(|| self.arretes().filter(concerne).count())
    }

    /// Objectives of an establishment for which the operator gave neither value nor reason; once it
    /// rated one.
    fn sans_valeur(&self, esms: &str) -> Compte {
        let registre = &self.revue()?.registre;
        let muet = |objectif: &&String| {
            let note = registre.note(objectif, GESTIONNAIRE);
            let vise = self.perimetre().element("objectifs", objectif);
            matches!(vise, Some(Element::Objectif { esms: vises, .. }) if vises.contains(esms))
                && note.is_none_or(|n| n.realise.is_none() && n.motif.trim().is_empty())
        };
        registre
            .a_note(GESTIONNAIRE)
            .then(|| self.arretes().filter(muet).count())
    }

    fn revue(&self) -> Option<&Dossier> {
        self.flux("revue-annuelle")
    }
}

/// The last notification, among acts and amounts.
pub(super) fn derniere_notification(eprd: &Dossier) -> Option<NaiveDate> {
    let montants = eprd.registre.notifications().map(|(_, _, n)| n.date);
    eprd.suivi.derniere_notification.max(montants.max())
}
