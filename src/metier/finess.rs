//! FINESS numbers.
