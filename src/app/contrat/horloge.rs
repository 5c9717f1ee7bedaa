//! The deadlines of all streams, in the order of their dates.

use super::{Contrat, Flux, Refus};
use crate::regles::calendrier::{civil_date, ended};
use crate::workflow::machine::Command;
use crate::workflow::machine::configuration::TimerState;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;

impl Contrat<'_> {
    /// Fires the deadlines that have passed, of all streams together and day by day: what one does
    /// (a new term, the end of a child) is known to those that fall after it.
    ///
    /// # Errors
    /// An instant before the last one.
    pub fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        self.d_un_bloc(|contrat| contrat.avance(maintenant))
    }

    fn avance(&mut self, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        if let Some(dernier) = self.etat.instant.filter(|dernier| *dernier > maintenant) {
            return Err(Refus::Horloge(format!(
                "L'horloge indique le {} ; le dernier événement est du {}. Vérifiez-la.",
                maintenant.format("%d/%m/%Y"),
                dernier.format("%d/%m/%Y")
            )));
        }
        let change = self.etat.instant.map(civil_date) != Some(civil_date(maintenant));
        self.etat.instant = Some(maintenant);
        let mut inertes = BTreeSet::new();
        while let Some((jour, flux)) = self.prochaine(maintenant, &inertes) {
            let lendemain = lendemain(jour).unwrap_or(maintenant).min(maintenant);
            if self.decide(&flux, &Command::Tick, lendemain)? == 0 {
                // A suspension holds it.
                inertes.insert((jour, flux));
                continue;
            }
            self.suites(lendemain)?;
        }
        if change {
            self.republie(maintenant)?;
        }
        Ok(())
    }

    /// The first deadline that is over, and its stream.
    fn prochaine(
        &self,
        maintenant: DateTime<Utc>,
        inertes: &BTreeSet<(NaiveDate, String)>,
    ) -> Option<(NaiveDate, String)> {
        let echeances = self.etat.flux.iter().flat_map(|(nom, flux)| {
            let jours = echeances(flux).filter(|jour| ended(*jour, maintenant));
            jours.map(|jour| (jour, nom.clone()))
        });
        echeances.filter(|e| !inertes.contains(e)).min()
    }
}

/// The running deadlines of a stream that has not ended.
fn echeances(flux: &Flux) -> impl Iterator<Item = NaiveDate> {
    let configuration = &flux.configuration;
    let suspension = configuration.interruption.iter();
    let suspension = suspension.filter_map(|i| i.until.as_ref().map(|u| u.echeance));
    let timers = configuration
        .visits
        .values()
        .flat_map(|v| v.timers.values());
    let timers = timers.filter_map(|state| match state {
        TimerState::Running(armed) => Some(armed.echeance),
        TimerState::Fired(_) | TimerState::Lapsed => None,
    });
    let open = configuration.ended.is_none();
    timers.chain(suspension).filter(move |_| open)
}

/// An instant of the day after: the échéance day is wholly available.
fn lendemain(jour: NaiveDate) -> Option<DateTime<Utc>> {
    let noon = jour.succ_opt()?.and_hms_opt(12, 0, 0)?;
    Some(noon.and_utc())
}
