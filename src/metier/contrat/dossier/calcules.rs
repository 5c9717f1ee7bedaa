//! Facts that the journal already tells: counts, agreements, dates that have passed.

use super::lus::derniere_notification;
use super::monde::Monde;
use super::suivi::{Demande, noms};
use crate::metier::contrat::perimetre::{ARS, GESTIONNAIRE};
use crate::metier::evenement::Etape;
use crate::regles::delai::Delai;
use crate::regles::value::{Day, Value};
use crate::workflow::catalogue::PartyKind;
use crate::workflow::machine::digest;
use crate::workflow::machine::event::Agreed;
use crate::workflow::machine::world::World;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

/// The object of an avenant that moves the term, and of one that restores balance, as the rule pack
/// names them (`AVENANT_OBJETS`).
const PROROGATION: &str = "Prorogation";
const RETOUR: &str = "Plan de retour à l'équilibre";

/// `None`: not computed here. `Some(None)`: computed, and not known yet.
type Calcule = Option<Option<Value>>;

#[allow(clippy::unnecessary_wraps, reason = "an answer like the others")]
fn oui(value: bool) -> Calcule {
    Some(Some(Value::Boolean(value)))
}

#[allow(clippy::unnecessary_wraps, reason = "an answer like the others")]
fn nombre(value: i64) -> Calcule {
    Some(Some(Value::Integer(value)))
}

fn compte(value: usize) -> Calcule {
    nombre(i64::try_from(value).unwrap_or(i64::MAX))
}

#[allow(clippy::unnecessary_wraps, reason = "an answer like the others")]
fn date(value: Option<NaiveDate>) -> Calcule {
    Some(value.map(Value::Date))
}

impl Monde<'_> {
    /// A fact the journal tells; `None`: not one of those, so it is stated.
    pub(super) fn calcule(&self, name: &str, item: Option<&str>) -> Calcule {
        let (famille, _) = name.split_once('.')?;
        match famille {
            "perimetre" => self.du_perimetre(name),
            "contrat" | "enfants" => self.du_contrat(name),
            "avenant" => self.de_l_avenant(name, item),
            "revue" => self.de_la_revue(name),
            "eprd" | "errd" => self.de_l_eprd(name),
            "dm" => self.de_la_dm(name),
            _ => self.de_l_element(name, item?),
        }
    }

    fn du_perimetre(&self, name: &str) -> Calcule {
        let financeurs = self.perimetre().financeurs();
        let departements = self.perimetre().cles("perimetre.departements").len();
        match name {
            "perimetre.a_competence_ars" => oui(financeurs.iter().any(|p| p == ARS)),
            "perimetre.a_competence_departementale" => oui(departements > 0),
            "perimetre.nombre_departements" => compte(departements),
            "perimetre.esms_sans_diagnostic" => {
                let clos = &self.racine().suivi.clos;
                let esms = self.perimetre().cles("esms").iter();
                compte(esms.filter(|e| !clos.contains(*e)).count())
            }
            _ => None,
        }
    }

    fn du_contrat(&self, name: &str) -> Calcule {
        let racine = self.racine();
        let suivi = &racine.suivi;
        match name {
            "contrat.relances" => nombre(suivi.relances),
            "contrat.refus_du_gestionnaire" => {
                let operator = |p: &String| racine.kind(p) == PartyKind::Operator;
                oui(suivi.refusant.as_ref().is_some_and(operator))
            }
            "contrat.mise_en_demeure_echue" => {
                oui(suivi.mise_en_demeure.is_some_and(|d| d < self.jour))
            }
            "contrat.delai_reserves_echu" => {
                oui(suivi.limite_reserves.is_some_and(|d| d < self.jour))
            }
            "contrat.terme" => self.terme().map(|t| Some(Value::Date(t))),
            "contrat.terme_sans_prorogation" => date(self.terme_sans_prorogation()),
            "contrat.prorogation_appliquee" => {
                oui(suivi.prorogations > suivi.prorogations_a_la_fin)
            }
            "contrat.prorogations" => nombre(suivi.prorogations),
            "contrat.successeur_ouvert" => oui(suivi.enfants.values().any(|e| e.racine)),
            "contrat.successeur_signe" => oui(suivi.successeur.is_some()),
            "contrat.successeur_en_vigueur" => oui(suivi.successeur == Some(Etape::EnVigueur)),
            "enfants.avenants_en_cours" => compte(self.avenants_en_cours().count()),
            _ => None,
        }
    }

    /// The term as avenants moved it; as it was stated otherwise.
    fn terme(&self) -> Option<NaiveDate> {
        let racine = self.racine();
        let proroge = racine.avenants.iter().rev().find_map(|a| a.terme);
        let cle = ("contrat.terme".to_owned(), None);
        proroge.or_else(|| match racine.faits.get(&cle)?.valeur {
            Value::Date(terme) => Some(terme),
            _ => None,
        })
    }

    fn terme_sans_prorogation(&self) -> Option<NaiveDate> {
        let mut en_cours = self.avenants_en_cours();
        let demandee = en_cours.any(|demande| demande.is_some_and(|d| objet(d) == PROROGATION));
        self.terme().filter(|_| !demandee)
    }

    fn avenants_en_cours(&self) -> impl Iterator<Item = Option<&Demande>> {
        let enfants = self.racine().suivi.enfants.values();
        enfants
            .filter(|e| e.workflow == "avenant" && e.issue.is_none())
            .map(|e| e.demande.as_ref())
    }

    /// Who asked for this child, and with what.
    pub(super) fn demande(&self) -> Option<&Demande> {
        let parent = self.ancetres.first()?;
        let enfant = parent.suivi.enfant(&self.propre.workflow, &self.propre.cle);
        enfant?.demande.as_ref()
    }

    /// The term that this avenant gives the contract, when it prorogues it.
    pub fn terme_proroge(&self) -> Option<NaiveDate> {
        let demande = self.demande().filter(|d| objet(d) == PROROGATION)?;
        match demande.saisies.get("terme") {
            Some(Value::Date(terme)) => Some(*terme),
            _ => None,
        }
    }

    fn de_l_avenant(&self, name: &str, item: Option<&str>) -> Calcule {
        let objet = self.demande().map(objet);
        match name {
            "avenant.est_prorogation" => oui(objet == Some(PROROGATION)),
            "avenant.retour_a_l_equilibre" => oui(objet == Some(RETOUR)),
            "avenant.terme_demande" => {
                let terme = self.demande().and_then(|d| d.saisies.get("terme"));
                Some(terme.cloned())
            }
            "avenant.injonction_echue" => match self.demande()?.saisies.get("injonction") {
                Some(Value::Date(limite)) => oui(*limite < self.jour),
                _ => Some(None),
            },
            "avenant.partie_concernee" => oui(self.concerne(item?)),
            _ => None,
        }
    }

    fn de_la_revue(&self, name: &str) -> Calcule {
        let revue = self.flux("revue-annuelle")?;
        match name {
            "revue.exercice" => Some(annee(&revue.cle).map(Value::Integer)),
            "revue.avis_rendus" => nombre(revue.suivi.avis),
            // The committee is due in the third and the fifth year (model contract, art. 5).
            "revue.comite_obligatoire" => {
                let effet = self.fact("contrat.date_effet", None);
                let (Some(Value::Date(effet)), Some(annee)) = (effet, annee(&revue.cle)) else {
                    return Some(None);
                };
                oui(matches!(annee - i64::from(effet.year()) + 1, 3 | 5))
            }
            _ => None,
        }
    }

    fn de_l_eprd(&self, name: &str) -> Calcule {
        let eprd = self.flux("eprd-annuel")?;
        let exercice = annee(&eprd.cle);
        let passe = |jour: Option<NaiveDate>| Some(jour.map(|d| Value::Boolean(d < self.jour)));
        match name {
            "eprd.exercice" => Some(exercice.map(Value::Integer)),
            "eprd.derniere_notification" => date(derniere_notification(eprd)),
            "eprd.date_recu_plateforme" => eprd.suivi.date_recu.map(|d| Some(Value::Date(d))),
            "eprd.date_ria" => date(eprd.suivi.date_ria),
            "eprd.depot_en_retard" => passe(self.jour_de("T_EPRD_DEPOT_MAX", exercice)),
            "eprd.delai_representation_echu" => {
                let depuis = eprd.suivi.a_representer;
                passe(depuis.and_then(|d| self.terme_de("T_EPRD_REPRESENTER", d)))
            }
            "eprd.piece_anterieure" => self.piece_anterieure(),
            "errd.depot_en_retard" => passe(self.jour_de("T_ERRD", exercice.map(|e| e + 1))),
            _ => None,
        }
    }

    fn de_la_dm(&self, name: &str) -> Calcule {
        let dm = self.flux("decision-modificative")?;
        match name {
            "dm.date_recu_plateforme" => dm.suivi.date_recu.map(|d| Some(Value::Date(d))),
            "dm.demandee_par_autorite" => {
                let demande = self.demande();
                oui(demande.is_some_and(|d| d.acte == noms::DEMANDER_DM))
            }
            "dm.piece_anterieure" => self.piece_anterieure(),
            _ => None,
        }
    }

    /// The document against a silence is dated on its échéance at the latest. It is judged on what
    /// the person types, or on what the first to agree typed.
    fn piece_anterieure(&self) -> Calcule {
        // Without a silence, there is nothing to turn round.
        let Some(tacite) = self.propre.suivi.tacite else {
            return oui(false);
        };
        let typed = self.saisies.and_then(|s| s.get("date_piece"));
        let piece = match typed {
            Some(Value::Date(date)) => Some(*date),
            _ => self.propre.suivi.date_piece,
        };
        Some(piece.map(|piece| Value::Boolean(piece <= tacite)))
    }

    fn de_l_element(&self, name: &str, item: &str) -> Calcule {
        let racine = self.racine();
        match name {
            // An objective whose financer left, or that concerns no authority any more, has no
            // funding to speak of, whatever was stated.
            "objectifs.financement_dit" => {
                let parties = &racine.suivi.parties;
                let concernees = self.perimetre().autorites("objectifs", Some(item));
                let la = concernees.iter().all(|a| parties.contains(a));
                (concernees.is_empty() || !la).then_some(Some(Value::Boolean(false)))
            }
            "diagnostic.soumis" => oui(racine.suivi.soumis.contains(item)),
            "objectifs.tours" | "moyens.tours" => nombre(tours(&racine.suivi, item)),
            "objectifs.rejet_acquis" => oui(racine.suivi.rejets.contains(item)),
            "modifications.rejet_acquis" => oui(self.propre.suivi.rejets.contains(item)),
            "modifications.tours" => nombre(tours(&self.propre.suivi, item)),
            "objectifs.accord_acquis" => oui(self.accord_acquis("objectif", item)),
            "moyens.accord_acquis" => oui(self.accord_acquis("moyens", item)),
            "modifications.accord_acquis" => oui(self.accord_acquis("modification", item)),
            _ => None,
        }
    }

    /// Whether the last agreement on this item still covers its text, among the parties it asked.
    fn accord_acquis(&self, objet: &str, item: &str) -> bool {
        let cle = (objet.to_owned(), item.to_owned());
        let accord: Option<&Agreed> = self.propre.suivi.accords.get(&cle);
        let Some(accord) = accord else { return false };
        let empreinte = self
            .content(objet, Some(item))
            .map(|contenu| digest::agreement(objet, Some(item), contenu, &accord.parties));
        empreinte == Some(accord.digest) && self.memes_parties(objet, item, accord)
    }

    fn memes_parties(&self, objet: &str, item: &str, accord: &Agreed) -> bool {
        let item = item.to_owned();
        let autorites = match objet {
            "moyens" => std::slice::from_ref(&item),
            _ => self.members("concerned", Some(&item)),
        };
        let mut attendues: BTreeSet<&str> = autorites.iter().map(String::as_str).collect();
        attendues.insert(GESTIONNAIRE);
        attendues == accord.parties.iter().map(String::as_str).collect()
    }

    /// The day of a year that a rule names.
    fn jour_de(&self, regle: &str, exercice: Option<i64>) -> Option<NaiveDate> {
        let exercice = i32::try_from(exercice?).ok()?;
        match self.paquet.value(regle, self.jour)?.value {
            Value::Day(Day { month, day }) => NaiveDate::from_ymd_opt(exercice, month, day),
            _ => None,
        }
    }

    /// The end of a rule's delay.
    fn terme_de(&self, regle: &str, depuis: NaiveDate) -> Option<NaiveDate> {
        let delai: Delai = match self.paquet.value(regle, depuis)?.value {
            Value::Duration(delai) => delai,
            _ => return None,
        };
        delai.terme(depuis, self.territoire()).ok()
    }
}

fn tours(suivi: &super::suivi::Suivi, item: &str) -> i64 {
    suivi.tours.get(item).copied().unwrap_or(0)
}

fn objet(demande: &Demande) -> &str {
    match demande.saisies.get("objet") {
        Some(Value::Text(objet)) => objet,
        _ => "",
    }
}

fn annee(cle: &str) -> Option<i64> {
    cle.parse().ok()
}
