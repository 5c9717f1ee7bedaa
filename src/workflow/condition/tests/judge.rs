//! Another implementation of CEL judges ours on what both languages have.

use super::laws::{Extent, booleans};
use super::{World, boolean};
use crate::regles::value::Value;
use crate::workflow::condition::Truth;
use cel::{Context, Program};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The judge's parser recurses without bound: it is given a large stack and shallow expressions.
const STACK: usize = 64 << 20;

fn judged(source: &str, world: &World) -> Option<bool> {
    let program = Program::compile(source).ok()?;
    let mut context = Context::default();
    for (name, value) in &world.known {
        match value {
            Value::Integer(value) => context.add_variable(*name, *value).ok()?,
            Value::Boolean(value) => context.add_variable(*name, *value).ok()?,
            Value::Text(value) => context.add_variable(*name, value.clone()).ok()?,
            _ => return None,
        }
    }
    match program.execute(&context).ok()? {
        cel::Value::Bool(value) => Some(value),
        _ => None,
    }
}

fn known_worlds() -> impl Strategy<Value = World> {
    let numbers = [-9_i64..99, -9_i64..99];
    let texts = ["[a-zé ]{0,3}", "[a-zé ]{0,3}"];
    (numbers, any::<[bool; 3]>(), texts).prop_map(|([a0, a1], [b0, b1, b2], [t0, t1])| World {
        known: [
            ("a0", Value::Integer(a0)),
            ("a1", Value::Integer(a1)),
            ("b0", Value::Boolean(b0)),
            ("b1", Value::Boolean(b1)),
            ("b2", Value::Boolean(b2)),
            ("t0", Value::Text(t0)),
            ("t1", Value::Text(t1)),
        ]
        .into(),
        ..World::default()
    })
}

fn agree() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let strategy = (booleans(2, Extent::Common), known_worlds());
    runner
        .run(&strategy, |(source, world)| {
            prop_assume!(source.chars().count() <= 400);
            let ours = match boolean(&source).holds(&world) {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown(_) => None,
            };
            prop_assert!(ours.is_some(), "{source} is not known");
            prop_assert_eq!(ours, judged(&source, &world), "{}", source);
            // What we print is CEL too, and says the same.
            let printed = boolean(&source).to_string();
            prop_assert_eq!(
                ours,
                judged(&printed, &world),
                "{} from {}",
                printed,
                source
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn cel_gives_the_same_value_on_what_both_languages_have() {
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(agree)
        .unwrap()
        .join()
        .unwrap();
}
