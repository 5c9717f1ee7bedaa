//! What pages say at three moments of the story, and of names that mean harm.

use super::salle::Salle;
use super::tenu::rives_claires;
use entente::app::vues::{self, ContratVue, Fenetre, LIGNES_PAR_PAGE};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use std::fmt::Write as _;

fn fenetre() -> Fenetre {
    Fenetre {
        nombre: LIGNES_PAR_PAGE,
        ..Fenetre::default()
    }
}

fn dit_parties(vue: &ContratVue, dite: &mut String) {
    for p in &vue.parties {
        writeln!(dite, "\n# {}", p.voix.nom).unwrap();
        for (quoi, actes) in [
            ("À faire", &p.actes),
            ("Attend", &p.attend),
            ("Peut aussi", &p.aussi),
        ] {
            for a in actes {
                let detail = a.detail.as_deref().unwrap_or("-");
                writeln!(
                    dite,
                    "{quoi} : {} | {detail} | {:?} | {}",
                    a.dit, a.distance, a.bloque
                )
                .unwrap();
            }
        }
    }
}

/// The view, in an outline that a person can judge.
fn dite(vue: &ContratVue) -> String {
    let mut dite = format!("{}\n{}\n\n# Plume\n", vue.titre, vue.sous_titre);
    let plume = &vue.plume;
    let dates = [&plume.date, &plume.distance].map(|d| d.as_deref().unwrap_or("-"));
    let suite = [&plume.acte, &plume.ensuite, &plume.autres].map(|d| d.as_deref().unwrap_or("-"));
    writeln!(
        dite,
        "{} ; {}\n{}",
        plume.titre,
        dates.join(", "),
        suite.join("\n")
    )
    .unwrap();
    dite.push_str("\n# Étapes\n");
    for e in &vue.etapes {
        let ici = if e.courante { " *" } else { "" };
        writeln!(dite, "{} : {}{ici}", e.titre, e.quand).unwrap();
    }
    writeln!(dite, "\n# Ce qui bloque : {}", vue.bloque.compte).unwrap();
    for p in vue.bloque.portes.iter().chain(&vue.bloque.suite) {
        let qui: Vec<&str> = p.qui.iter().map(|v| v.nom.as_str()).collect();
        writeln!(
            dite,
            "{} | {} | {} | {:?}",
            p.condition,
            p.pour,
            qui.join(", "),
            p.comment
        )
        .unwrap();
    }
    dite.push_str("\n# Établissements\n");
    for e in &vue.esms {
        let cases = [&e.diagnostic, &e.objectifs, &e.moyens];
        let cases = cases.map(|c| format!("{} ({})", c.dit, c.detail.as_deref().unwrap_or("")));
        writeln!(dite, "{} : {}", e.nom, cases.join(", ")).unwrap();
    }
    dit_parties(vue, &mut dite);
    dite.push_str("\n# Dates\n");
    for d in &vue.dates {
        writeln!(
            dite,
            "{} {} | {:?} | {:?}",
            d.iso, d.dit, d.ensuite, d.source
        )
        .unwrap();
    }
    dite.push_str("\n# Dossiers\n");
    for f in &vue.flux {
        writeln!(dite, "{} : {} ; {:?}", f.titre, f.etat, f.date).unwrap();
    }
    writeln!(dite, "\n# Position\n{}\n\n# Derniers faits", vue.position).unwrap();
    for f in &vue.faits {
        let qui = f.voix.as_ref().map_or("-", |v| v.nom.as_str());
        writeln!(dite, "{} {qui} : {}", f.quand, f.dit).unwrap();
    }
    dite
}

fn page(jour: &str) -> String {
    let (tenu, maintenant) = rives_claires(jour);
    dite(&vues::contrat(&tenu.lu(&fenetre()), maintenant))
}

#[test]
fn the_page_during_the_diagnostic() {
    insta::assert_snapshot!("diagnostic", page("2024-03-15"));
}

#[test]
fn the_page_during_the_negotiation() {
    insta::assert_snapshot!("negociation", page("2024-09-12"));
}

#[test]
fn the_page_in_force() {
    insta::assert_snapshot!("en_vigueur", page("2026-10-15"));
}

#[test]
fn a_row_of_the_list_survives_its_journey_through_a_database() {
    let (tenu, _) = rives_claires("2026-10-15");
    let ecrit = serde_json::to_string(&tenu.resume).unwrap();
    assert_eq!(
        serde_json::from_str::<vues::ResumeContrat>(&ecrit).unwrap(),
        tenu.resume
    );
    let phases: Vec<&str> = tenu
        .resume
        .etapes
        .iter()
        .map(|e| e.phase.as_str())
        .collect();
    assert_eq!(
        (phases[0], phases.last()),
        ("Programmé", Some(&"En vigueur"))
    );
}

#[test]
fn the_history_is_paged_without_loss_and_limited_to_a_stream() {
    let (tenu, _) = rives_claires("2026-10-15");
    let total = tenu.lignes.len() as u64;
    let mut ordres = Vec::new();
    for page in 0..total.div_ceil(LIGNES_PAR_PAGE) {
        let fenetre = Fenetre {
            apres: page * LIGNES_PAR_PAGE,
            ..fenetre()
        };
        let lu = tenu.lu(&fenetre);
        ordres.extend(lu.lignes.iter().rev().map(|l| l.ordre));
        let vue = vues::journal(&lu, &fenetre);
        assert!(vue.faits.is_sorted_by(|a, b| a.ordre > b.ordre));
        assert_eq!(vue.pages.iter().filter(|p| p.courante).count(), 1);
    }
    assert_eq!(ordres, (1..=total).rev().collect::<Vec<_>>());
    let fenetre = Fenetre {
        flux: Some("cpom/eprd-annuel-2026".to_owned()),
        ..fenetre()
    };
    let vue = vues::journal(&tenu.lu(&fenetre), &fenetre);
    let flux = vue.faits.iter().map(|f| f.flux.as_deref());
    assert!(flux.clone().count() > 3);
    assert!(
        flux.flatten()
            .all(|f| f == "EPRD et ERRD de l’exercice 2026")
    );
}

/// A contract whose names mean harm.
pub fn hostile() -> Salle {
    let nom = format!(
        "<script>alert('x')</script>\"onmouseover=\"alert(1) {{{{this}}}} \u{202e}renversé {}",
        "W".repeat(10_000)
    );
    let salle = Salle::vide("2026-03-02T09:00:00Z");
    salle.ouvre("hostile", &nom);
    salle.nomme("hostile", "gestionnaire", (&nom, "999000037"));
    salle.ecrit(
        "hostile",
        Ecriture::Entrer {
            cle: "990002024".to_owned(),
            element: Element::esms(&nom, Competence::Ars),
            effet: None,
        },
    );
    salle
}

#[test]
fn names_that_mean_harm_are_printed_inert() {
    let salle = hostile();
    let chemins = [
        "/contrats",
        "/contrats/hostile",
        "/contrats/hostile/journal",
    ];
    for chemin in chemins.into_iter().chain(["/contrats/hostile/graphe"]) {
        let page = super::routeur::page(&salle, chemin);
        assert!(page.contains("&lt;script&gt;alert"), "{chemin}");
        for nocif in ["<script>alert", "\"onmouseover=\"", "alert('x')"] {
            assert!(!page.contains(nocif), "{chemin} : {nocif}");
        }
    }
}
