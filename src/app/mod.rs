//! Use cases: reads the embedded files and hands text to the pure rooms.

/// The story, played in memory.
pub mod demo;
/// The workflow files and rule packs shipped inside the program, and those of a folder.
pub mod fichiers;
/// Contracts held in memory: the one door for what people ask.
pub mod memoire;
/// Proving a file: read, then the seven proofs; or judging anyone's net.
pub mod preuve;
