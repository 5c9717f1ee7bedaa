//! Writing rights: what each party may write where the workflow stands.

use super::Machine;
use super::configuration::Configuration;
use super::decide::Run;
use super::spot::Spot;
use super::view::Scope;
use super::world::World;
use crate::workflow::definition::model::Allow;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A right open to a party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub party: String,
    pub capability: String,
    /// Where it comes from; the instance itself for a right that is always on.
    pub spot: Spot,
    /// The items it stands in, by collection.
    pub items: BTreeMap<String, String>,
}

impl Machine<'_> {
    /// Every right open now, in the order of the places; none once the instance has ended.
    pub fn rights(
        &self,
        configuration: &Configuration,
        world: &dyn World,
        now: DateTime<Utc>,
    ) -> Vec<Right> {
        if configuration.ended.is_some() || !configuration.opened() {
            return Vec::new();
        }
        let run = Run::new(self, configuration, world, now);
        let view = run.view();
        let mut rights = Vec::new();
        let mut add = |allow: &Allow, scope: &Scope<'_>, spot: &Spot| {
            let Ok(asked) = view.resolve(&allow.who, scope) else {
                return;
            };
            let within = scope.node.map_or(&[][..], |node| &node.within);
            let items: BTreeMap<String, String> = within.iter().cloned().zip(spot.keys()).collect();
            for party in view.candidates(&asked) {
                for capability in &allow.capabilities {
                    rights.push(Right {
                        party: party.clone(),
                        capability: capability.clone(),
                        spot: spot.clone(),
                        items: items.clone(),
                    });
                }
            }
        };
        for allow in &self.workflow.allow {
            add(allow, &Scope::root(), &Spot::root());
        }
        for spot in configuration.visits.keys() {
            if let Some(node) = view.node(spot).filter(|node| !node.allow.is_empty()) {
                let scope = Scope::new(node, spot);
                for allow in &node.allow {
                    add(allow, &scope, spot);
                }
            }
        }
        rights
    }
}
