use super::jeu::Partie;

/// The history, told.
pub fn arbre(_partie: &Partie<'_>) -> String {
    String::new()
}
