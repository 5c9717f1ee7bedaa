//! What is true after every decision.

use super::*;

/// The structure of a configuration, after any decision.
pub fn check(machine: &Machine<'_>, configuration: &Configuration, _world: &Plain) {
    let workflow = machine.workflow();
    let mut blocks: BTreeSet<(Spot, Key)> = BTreeSet::new();
    for spot in configuration.visits.keys().filter(|s| !s.is_root()) {
        let node = workflow.find(&spot.path()).unwrap();
        let (parent, key) = spot.parent(workflow, node);
        let visit = configuration.visit(&parent);
        let visit = visit.unwrap_or_else(|| panic!("{spot} : {parent} n'est pas actif"));
        let branch = visit.branches.get(&key);
        assert!(
            branch.is_none_or(|b| b.end.is_none()),
            "{spot} : sa branche est terminée"
        );
        assert!(
            blocks.insert((parent.clone(), key)),
            "{spot} : deux états actifs dans le même bloc"
        );
    }
}
