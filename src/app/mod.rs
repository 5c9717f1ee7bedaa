//! Use cases: reads the embedded files and hands text to the pure rooms.

/// The workflow files and rule packs shipped inside the program, and those of a folder.
pub mod fichiers;
