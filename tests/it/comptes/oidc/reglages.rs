//! What is said of a provider: all of it, or a sentence that says what lacks.

use crate::bases::dossier;
use entente::app::appels::Voisinage;
use entente::app::reglages::{Dits, Reglages};
use std::os::unix::fs::PermissionsExt as _;

fn lit(texte: &str) -> Result<Reglages, String> {
    Dits::toml(texte)?.reglages()
}

#[test]
fn a_provider_is_told_whole_by_the_file_or_the_environment() {
    let fichier = dossier("oidc").join("secret");
    std::fs::write(&fichier, "un secret\n").unwrap();
    let droits = |d| std::fs::Permissions::from_mode(d);
    std::fs::set_permissions(&fichier, droits(0o640)).unwrap();
    let texte = format!(
        "[courriel]\nadresse_publique = \"https://entente.exemple.fr\"\n[oidc]\nemetteur = \
         \"https://fournisseur.exemple.fr\"\nsecret_fichier = \"{}\"\nnom = \"ProConnect\"",
        fichier.display()
    );
    let client = [("ENTENTE_OIDC_CLIENT".to_owned(), "entente".to_owned())];
    let dits = Dits::toml(&texte).unwrap();
    let dits = dits.ou(Dits::environnement(client).unwrap());
    let fournisseur = dits.reglages().unwrap().fournisseur.unwrap();
    assert_eq!(fournisseur.nom(), "ProConnect");
    assert_eq!(fournisseur.emetteur(), "https://fournisseur.exemple.fr");
    // nor is its secret shown
    assert!(!format!("{fournisseur:?}").contains("secret"));
    // and by default there is none, and the private network is not called
    let sans = lit("").unwrap();
    assert!(sans.fournisseur.is_none());
    assert_eq!(sans.voisinage, Voisinage::Public);
    let prive = lit("[webhooks]\nreseau_prive = \"oui\"").unwrap();
    assert_eq!(prive.voisinage, Voisinage::Tout);
}

/// A whole `[oidc]` table, its issuer, and what follows.
fn table(emetteur: &str, suite: &str) -> String {
    format!(
        "[courriel]\nadresse_publique = \"https://entente.exemple.fr\"\n[oidc]\nemetteur = \
         \"{emetteur}\"\nclient = \"a\"\n{suite}"
    )
}

#[test]
fn what_lacks_is_said() {
    let bonne = "https://f.exemple.fr";
    let seule = format!("[oidc]\nemetteur = \"{bonne}\"\n");
    assert!(lit(&table(bonne, "")).is_ok());
    let cas = [
        (seule.clone(), "oidc.client"),
        ("[oidc]\nnom = \"a\"".to_owned(), "oidc.emetteur"),
        (seule + "client = \"a\"", "courriel.adresse_publique"),
        (
            table(bonne, "secret = \"a\"\nsecret_fichier = \"b\""),
            "deux fois",
        ),
        (table(bonne, "secret_fichier = \"/absent\""), "/absent"),
        (table(bonne, "courriel = \"oui\""), "« garanti »"),
        (table("http://f.exemple.fr", ""), "oidc.emetteur ne se lit pas"),
        ("[oidc]\nemeteur = \"a\"".to_owned(), "oidc.emetteur"),
        (
            "[webhooks]\nreseau_prive = \"1\"".to_owned(),
            "« oui » ou « non »",
        ),
    ];
    for (texte, attendu) in cas {
        let phrase = lit(&texte).map(|_| ()).expect_err(&texte);
        assert!(phrase.contains(attendu), "{texte} : {phrase}");
    }
}
