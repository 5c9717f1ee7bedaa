//! What is wrong in a file. Rule packs and workflow files tell it alike: see `regles::problem`.

pub use crate::regles::problem::*;
