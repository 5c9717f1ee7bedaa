//! One integration binary.
mod reseaux;
