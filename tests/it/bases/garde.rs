//! What takes long to make and is the same for many tests: made once for all their processes, in
//! Cargo's own temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder kept under a name. It is made aside, then put in place at once: of two that make
/// it together, the first to end keeps its own.
pub fn garde(nom: &str, fait: impl FnOnce(&Path)) -> PathBuf {
    static NUMERO: AtomicU32 = AtomicU32::new(0);
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(nom);
    if place.is_dir() {
        return place;
    }
    let numero = NUMERO.fetch_add(1, Ordering::SeqCst);
    let a_cote = place.with_extension(format!("{}-{numero}", std::process::id()));
    let _ = fs::remove_dir_all(&a_cote);
    fs::create_dir_all(&a_cote).unwrap();
    fait(&a_cote);
    if fs::rename(&a_cote, &place).is_err() {
        fs::remove_dir_all(&a_cote).unwrap();
    }
    place
}
