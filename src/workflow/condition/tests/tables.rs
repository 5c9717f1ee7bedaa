//! Truth tables, and the cases each must decide.

use super::boolean;
use crate::regles::value::Value;
use crate::workflow::condition::{Coverage, coverage, satisfiable};

fn covered(sources: &[&str]) -> Coverage {
    let conditions: Vec<_> = sources.iter().map(|source| boolean(source)).collect();
    coverage(&conditions.iter().collect::<Vec<_>>())
}

fn possible(sources: &[&str]) -> Option<bool> {
    let conditions: Vec<_> = sources.iter().map(|source| boolean(source)).collect();
    satisfiable(&conditions.iter().collect::<Vec<_>>())
}

#[test]
fn complements_cover_every_case_and_never_hold_together() {
    let complements = [
        ["b0", "!b0"],
        ["a0 == 1", "a0 != 1"],
        ["a0 == a1", "a1 != a0"],
        ["a0 < 3", "a0 >= 3"],
        ["a0 <= 3", "a0 > 3"],
        ["a0 < a1", "a1 <= a0"],
        ["b0 == true", "b0 == false"],
        ["b0 && b1", "!b0 || !b1"],
        ["t0 in ['x']", "!(t0 in ['x'])"],
        ["done(deliberer)", "!done(deliberer)"],
    ];
    for pair in complements {
        assert_eq!(covered(&pair), Coverage::Whole, "{pair:?}");
        assert_eq!(possible(&pair), Some(false), "{pair:?}");
    }
}

#[test]
fn a_gap_is_shown_with_the_atoms_that_make_it() {
    let gap = covered(&["b0 && a0 < 3", "!b0"]);
    let expected = vec![("b0".into(), true), ("a0 < 3".into(), false)];
    assert_eq!(gap, Coverage::Gap(expected));
    // Atoms are free: what ties two different comparisons is not looked at.
    assert!(matches!(covered(&["a0 > 3", "a0 < 5"]), Coverage::Gap(_)));
    assert_eq!(possible(&["a0 > 5", "a0 < 3"]), Some(true));
    assert_eq!(covered(&[]), Coverage::Gap(vec![]));
    assert_eq!(possible(&[]), Some(true));
}

#[test]
fn past_ten_atoms_nothing_is_decided() {
    let many = |count: usize| {
        let atoms: Vec<_> = (0..count).map(|i| format!("a0 == {i}")).collect();
        format!("{} || a1 != 1", atoms.join(" || "))
    };
    assert_eq!(covered(&[&many(9), "a1 == 1"]), Coverage::Whole);
    assert_eq!(covered(&[&many(10), "a1 == 1"]), Coverage::Undecided(11));
    assert_eq!(possible(&[&many(10)]), None);
    assert_eq!(boolean(&many(10)).constant(), None);
}

#[test]
fn a_constant_is_what_no_atom_changes() {
    let constant = |source: &str| boolean(source).constant();
    assert_eq!(constant("true"), Some(true));
    assert_eq!(constant("2 < 1 && b0"), Some(false));
    assert_eq!(constant("b0 || !b0"), Some(true));
    assert_eq!(constant("a0 < 1 && a0 >= 1"), Some(false));
    assert_eq!(constant("b0 || b1"), None);
    let fixed = boolean("a0 > 3").substitute(|_| Some(Value::Integer(4)));
    assert_eq!(fixed.constant(), Some(true));
}

#[test]
fn an_atom_is_counted_once_however_it_is_compared() {
    let condition = boolean("a0 < 3 && (b0 || a0 >= 3) && !(3 > a0) && b0");
    assert_eq!(condition.atoms(), ["a0 < 3", "b0"]);
}
