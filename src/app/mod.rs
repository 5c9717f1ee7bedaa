//! Use cases: reads the embedded files and hands text to the pure rooms.

/// Reads for pages.
pub mod consult;
/// A contract in hand: the one door for what people ask.
pub mod contrat;
/// The story, played step by step.
pub mod demo;
/// The one write path.
pub mod execute;
/// The workflow files and rule packs shipped inside the program, and those of a folder.
pub mod fichiers;
/// Opens the database the program runs on.
pub mod ouvrir;
/// Proving a file: read, then the seven proofs; or judging anyone's net.
pub mod preuve;
/// Checks the whole journal.
pub mod verifier;
/// What pages show: pure views.
pub mod vues;
