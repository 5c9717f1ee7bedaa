//! Petri nets.
