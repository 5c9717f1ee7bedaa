//! What parties enter: who may, what it is part of, what it tells the workflow.

use super::chantier::{Chantier, atelier, departement, esms, jour};
use entente::app::contrat::{Atelier, Contrat, RACINE};
use entente::metier::contrat::dossier::{Ecriture, engagement};
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::metier::contrat::saisie::{
    Constat, Document, Genre, Indicateur, Moyen, Nature, Pouvoir, Saisie,
};
use entente::metier::evenement::{Avis, Evenement};
use entente::metier::organisation::Organisation;
use entente::metier::trame::{PAR_DEFAUT, trame};
use entente::regles::value::Value;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::World;
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::{Event, VoidCause};

fn a_deux(atelier: &Atelier) -> Chantier<'_> {
    let mut chantier = Chantier::ouvre(atelier, "cpom-ph");
    chantier.entre("E1", esms("SESSAD", Competence::Ars));
    chantier.entre("E2", esms("Foyer", departement("99")));
    chantier
}

fn fait(contrat: &Contrat<'_>, chantier: &Chantier<'_>, nom: &str, de: Option<&str>) -> Value {
    let monde = contrat.monde(RACINE, chantier.instant).unwrap();
    monde
        .fact(nom, de)
        .unwrap_or(Value::Text("inconnu".to_owned()))
}

fn refus(chantier: &mut Chantier<'_>, partie: &str, saisie: Saisie) -> String {
    let saisi = chantier.ecrit(partie, Ecriture::Saisir(saisie));
    saisi.unwrap_err().code()
}

fn referent(personne: &str) -> Saisie {
    Saisie::Referent {
        personne: personne.to_owned(),
    }
}

#[test]
fn the_launch_waits_for_the_referent_of_each_party() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    let manquent = |c: &Chantier<'_>| fait(&c.contrat, c, "contrat.parties_sans_referent", None);
    assert_eq!(manquent(&chantier), Value::Integer(3));
    chantier.saisit("ars", referent("karim"));
    chantier.saisit("ars", referent("un autre"));
    chantier.saisit("gestionnaire", referent("claire"));
    assert_eq!(manquent(&chantier), Value::Integer(1));
    // Nobody states what the journal tells.
    let ecriture = Ecriture::Declarer {
        fait: "contrat.parties_sans_referent".to_owned(),
        element: None,
        valeur: Value::Integer(0),
        preuve: "lettre".to_owned(),
    };
    let refus = chantier.ecrit("ars", ecriture).unwrap_err();
    assert_eq!(refus.code(), "calcule");
    chantier.saisit("departement:99", referent("sophie"));
    assert_eq!(manquent(&chantier), Value::Integer(0));
}

fn organisation(partie: &str, nom: &str, siren: Option<&str>) -> Saisie {
    Saisie::Organisation {
        partie: partie.to_owned(),
        organisation: Organisation {
            nom: nom.to_owned(),
            siren: siren.map(str::to_owned),
            ej: None,
        },
    }
}

#[test]
fn an_authority_names_a_party_once_then_the_party_names_itself() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    chantier.saisit("ars", organisation("gestionnaire", "Les Rives", None));
    let encore = organisation("gestionnaire", "Autre nom", None);
    assert_eq!(refus(&mut chantier, "ars", encore), "droit");
    chantier.saisit(
        "gestionnaire",
        organisation("gestionnaire", "Les Rives Claires", None),
    );
    let faux = organisation("ars", "ARS Val-Médian", Some("999000004"));
    assert_eq!(refus(&mut chantier, "ars", faux), "type");
    let absente = organisation("departement:01", "Ailleurs", None);
    assert_eq!(refus(&mut chantier, "ars", absente), "element");
    let racine = &chantier.contrat.flux(RACINE).unwrap().dossier;
    let connue = racine.registre().organisation("gestionnaire").unwrap();
    assert_eq!(connue.nom, "Les Rives Claires");
}

fn document(octets: &[u8]) -> Saisie {
    Saisie::Document {
        piece: "Arrêté".to_owned(),
        document: Document {
            nom: "arrete.pdf".to_owned(),
            empreinte: Digest::of(octets),
            taille: octets.len() as u64,
            media: "application/pdf".to_owned(),
        },
    }
}

#[test]
fn a_piece_deposited_again_is_its_next_version() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    chantier.saisit("ars", document(b"un"));
    assert_eq!(refus(&mut chantier, "ars", document(b"un")), "deja");
    assert_eq!(refus(&mut chantier, "ars", document(b"")), "vide");
    chantier.saisit("gestionnaire", document(b"deux"));
    let racine = &chantier.contrat.flux(RACINE).unwrap().dossier;
    let depot = racine.registre().document("Arrêté").unwrap();
    assert_eq!((depot.version, depot.par.as_str()), (2, "gestionnaire"));
    assert_eq!(depot.document.empreinte, Digest::of(b"deux"));
}

#[test]
fn the_journal_knows_that_a_delegation_has_expired() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    let pouvoir = |au| Saisie::Pouvoir {
        // The person that acts in these tests.
        personne: "p".to_owned(),
        pouvoir: Pouvoir {
            role: Role::Signature,
            du: jour(2025, 1, 1),
            au,
            acte: "délégation".to_owned(),
        },
    };
    let croisees = pouvoir(Some(jour(2024, 1, 1)));
    assert_eq!(refus(&mut chantier, "ars", croisees), "date");
    for partie in chantier.parties() {
        chantier.saisit(&partie, referent("r"));
    }
    chantier.saisit("ars", pouvoir(Some(jour(2026, 1, 4))));
    let lance = |c: &mut Chantier<'_>| {
        let saisies = super::chantier::texte(&[("lettre", "l"), ("calendrier", "c")]);
        c.tente("ars", "programme", "lancer", saisies)
    };
    let invalides = "contrat.delegations_invalides";
    let compte = fait(&chantier.contrat, &chantier, invalides, None);
    assert_eq!(compte, Value::Integer(1));
    assert_eq!(lance(&mut chantier).unwrap_err().code(), "delegation");
    chantier.saisit("ars", pouvoir(None));
    lance(&mut chantier).unwrap();
    let compte = fait(&chantier.contrat, &chantier, invalides, None);
    assert_eq!(compte, Value::Integer(0));
}

#[test]
fn themes_and_findings_tell_what_a_diagnostic_waits_for() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    chantier.lance_et_soumet();
    let question = [("question", "pourquoi ?")];
    let en_instruction = "diagnostic_partage[E1]/en_instruction";
    chantier.fait("ars", en_instruction, "questionner", &question);
    let vides = "diagnostic.themes_obligatoires_vides";
    let lu = |c: &Chantier<'_>, nom: &str| fait(&c.contrat, c, nom, Some("E1"));
    let trame = trame(PAR_DEFAUT).unwrap();
    for (n, theme) in trame.obligatoires(None).enumerate() {
        let saisie = Saisie::Theme {
            esms: "E1".to_owned(),
            theme: theme.code.clone(),
            texte: "renseigné".to_owned(),
        };
        chantier.saisit("gestionnaire", saisie);
        let restent = i64::try_from(trame.obligatoires(None).count() - n - 1).unwrap();
        assert_eq!(lu(&chantier, vides), Value::Integer(restent));
    }
    let constat = |texte: &str, theme: &str| Saisie::Constat {
        esms: "E1".to_owned(),
        constat: "D3-01".to_owned(),
        contenu: Constat {
            theme: theme.to_owned(),
            genre: Genre::Menace,
            texte: texte.to_owned(),
            preuve: "registre".to_owned(),
            donnee: None,
            gravite: None,
        },
    };
    let sans_theme = constat("texte", "D99");
    assert_eq!(refus(&mut chantier, "gestionnaire", sans_theme), "inconnu");
    chantier.saisit("gestionnaire", constat("21 jeunes", "D3"));
    let repond = [("reponse", "voici")];
    let complement = "diagnostic_partage[E1]/complement_demande";
    chantier.fait("gestionnaire", complement, "repondre", &repond);
    let sans = "diagnostic.constats_sans_position";
    assert_eq!(lu(&chantier, sans), Value::Integer(1));
    for partie in ["gestionnaire", "ars"] {
        let position = Ecriture::Position {
            objet: "diagnostic".to_owned(),
            element: Some("E1".to_owned()),
            constat: "D3-01".to_owned(),
            avis: Avis::Accord,
            texte: "d'accord".to_owned(),
        };
        chantier.ecrit(partie, position).unwrap();
    }
    assert_eq!(lu(&chantier, sans), Value::Integer(0));
    // A finding rewritten asks for positions again.
    chantier.saisit("ars", constat("12 jeunes", "D3"));
    assert_eq!(lu(&chantier, sans), Value::Integer(1));
}

fn en_negociation(atelier: &Atelier) -> Chantier<'_> {
    let mut chantier = a_deux(atelier);
    chantier.lance_et_soumet();
    for esms in chantier.esms() {
        chantier.clot(&esms);
    }
    chantier.redige("gestionnaire", "synthese", None);
    let redigee = "diagnostic.synthese_redigee";
    chantier.declare("gestionnaire", redigee, None, Value::Boolean(true));
    chantier.covalide_sans_besoins();
    for cle in ["OS-1", "OS-2"] {
        let element = Element::Objectif {
            intitule: format!("Objectif {cle}"),
            esms: ["E1".to_owned()].into(),
            financeurs: ["ars".to_owned()].into(),
            constats: [].into(),
        };
        chantier.entre(cle, element);
        chantier.redige("gestionnaire", "objectif", Some(cle));
    }
    chantier
}

fn indicateur(cibles: usize) -> Saisie {
    Saisie::Indicateur {
        objectif: "OS-1".to_owned(),
        indicateur: Indicateur {
            definition: "Sorties".to_owned(),
            unite: "sorties".to_owned(),
            depart: Value::Integer(4),
            cibles: (2026..)
                .zip((0..cibles).map(|_| Value::Integer(5)))
                .collect(),
        },
    }
}

fn ligne(ligne: &str, montant: i64, esms: &str) -> Saisie {
    Saisie::Moyen {
        financeur: "ars".to_owned(),
        ligne: ligne.to_owned(),
        moyen: Moyen {
            esms: Some(esms.to_owned()),
            exercice: 2026,
            nature: Nature::Reconductible,
            montant,
            objectif: Some("OS-1".to_owned()),
        },
    }
}

#[test]
fn a_target_changed_after_an_agreement_voids_it() {
    let atelier = atelier();
    let mut chantier = en_negociation(&atelier);
    let complet = "objectifs.indicateur_complet";
    let lu = |c: &Chantier<'_>, nom| fait(&c.contrat, c, nom, Some("OS-1"));
    chantier.saisit("gestionnaire", indicateur(4));
    assert_eq!(lu(&chantier, complet), Value::Boolean(false));
    chantier.saisit("gestionnaire", indicateur(5));
    assert_eq!(lu(&chantier, complet), Value::Boolean(true));
    chantier.saisit("gestionnaire", ligne("1", 1_000, "E1"));
    let finance = "objectifs.financement_dit";
    assert_eq!(lu(&chantier, finance), Value::Boolean(true));
    for nom in ["objectifs.lie_a_un_constat", "objectifs.pilote_nomme"] {
        chantier.declare("gestionnaire", nom, Some("OS-1"), Value::Boolean(true));
    }
    let spot = "negociation/objectifs/ouverts[OS-1]/propose";
    chantier.fait("gestionnaire", spot, "accorder", &[]);
    chantier.saisit("ars", indicateur(6));
    let annule = chantier.contrat.journal().iter().any(|ligne| {
        matches!(&ligne.evenement, Evenement::Machine(stamped)
            if matches!(&stamped.event, Event::ConsentVoided { party, cause, .. }
                if party == "gestionnaire" && *cause == VoidCause::Changed))
    });
    assert!(annule, "the consent was given on other targets");
}

#[test]
fn an_annex_is_balanced_when_its_lines_add_up_to_its_total() {
    let atelier = atelier();
    let mut chantier = en_negociation(&atelier);
    let lu = |c: &Chantier<'_>| fait(&c.contrat, c, "moyens.equilibre", Some("ars"));
    chantier.saisit("gestionnaire", ligne("1", 1_000, "E1"));
    chantier.saisit("ars", ligne("2", 500, "E1"));
    let ailleurs = ligne("3", 10, "E2");
    assert_eq!(refus(&mut chantier, "ars", ailleurs), "element");
    let negatif = ligne("3", -10, "E1");
    assert_eq!(refus(&mut chantier, "ars", negatif), "type");
    let total = |total| Saisie::TotalAnnexe {
        financeur: "ars".to_owned(),
        total,
    };
    chantier.saisit("gestionnaire", total(1_499));
    assert_eq!(lu(&chantier), Value::Boolean(false));
    chantier.saisit("gestionnaire", total(1_500));
    assert_eq!(lu(&chantier), Value::Boolean(true));
    let retire = Saisie::MoyenRetire {
        financeur: "ars".to_owned(),
        ligne: "2".to_owned(),
    };
    chantier.saisit("gestionnaire", retire.clone());
    assert_eq!(lu(&chantier), Value::Boolean(false));
    assert_eq!(refus(&mut chantier, "gestionnaire", retire), "element");
}

#[test]
fn an_objective_rejected_stays_so_when_the_negotiation_is_entered_again() {
    let atelier = atelier();
    let mut chantier = en_negociation(&atelier);
    let propose = "negociation/objectifs/ouverts[OS-2]/propose";
    chantier.fait("ars", propose, "rejeter", &[("motif", "hors schéma")]);
    let parties = chantier.parties();
    let mut rouvre = super::chantier::texte(&[("motif", "un oubli")]);
    let esms = Value::List(vec![Value::Text("E1".to_owned())]);
    rouvre.insert("esms".to_owned(), esms);
    for partie in &parties {
        let fait = chantier.tente(partie, "negociation", "rouvrir_diagnostic", rouvre.clone());
        fait.unwrap();
    }
    let en_cours = "diagnostic_partage[E1]/en_cours";
    chantier.fait("gestionnaire", en_cours, "soumettre", &[]);
    chantier.clot("E1");
    chantier.covalide_sans_besoins();
    assert!(chantier.est_dans("negociation/objectifs/ouverts[OS-1]/propose"));
    assert!(!chantier.est_dans(propose));
}

#[test]
fn an_entry_takes_effect_on_its_own_day_never_in_the_future() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    let entre = |effet| Ecriture::Entrer {
        cle: "E3".to_owned(),
        element: esms("SAVS", departement("99")),
        effet: Some(effet),
    };
    let refus = chantier.ecrit("gestionnaire", entre(jour(2026, 2, 1)));
    assert_eq!(refus.unwrap_err().code(), "date");
    chantier
        .ecrit("gestionnaire", entre(jour(2025, 9, 1)))
        .unwrap();
    let derniere = chantier.contrat.journal().iter().rev();
    let mut entrees = derniere.filter(|l| matches!(l.evenement, Evenement::ElementEntre { .. }));
    let ligne = &entrees.next().unwrap().evenement;
    assert_eq!(ligne.effet(), jour(2025, 9, 1));
    assert_eq!(ligne.enregistre().date_naive(), jour(2026, 1, 5));
    let sort = Ecriture::Sortir {
        collection: "esms".to_owned(),
        cle: "E3".to_owned(),
        motif: "cession".to_owned(),
        effet: Some(jour(2025, 12, 31)),
    };
    let racine = |c: &Chantier<'_>| c.contrat.flux(RACINE).unwrap().dossier.clone();
    let entree = racine(&chantier).collections().entree("E3");
    assert_eq!(entree, Some(jour(2025, 9, 1)));
    chantier.ecrit("gestionnaire", sort).unwrap();
    let sorties = racine(&chantier).collections().sorties().clone();
    assert_eq!(sorties["E3"], jour(2025, 12, 31));
}

#[test]
fn a_private_note_leaves_a_commitment_and_no_text() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    let (texte, sel) = ("le secret", "0123456789abcdef0123456789abcdef");
    let note = |sel: &str| Ecriture::Noter {
        texte: texte.to_owned(),
        sel: sel.to_owned(),
    };
    let court = chantier.ecrit("ars", note("0123")).unwrap_err();
    assert_eq!(court.code(), "type");
    chantier.ecrit("ars", note(sel)).unwrap();
    let ligne = chantier.contrat.journal().last().unwrap();
    assert_eq!(ligne.evenement.prive(), Some("ars"));
    let ecrite = serde_json::to_string(ligne).unwrap();
    assert!(!ecrite.contains("secret") && !ecrite.contains(sel));
    let [gardee] = chantier.contrat.notes() else {
        panic!("one note");
    };
    assert_eq!(gardee.engagement, engagement(sel, texte));
    let autres = chantier.contrat.journal().iter().rev().skip(1);
    assert!(autres.into_iter().all(|l| l.evenement.prive().is_none()));
}

#[test]
fn a_text_replaced_leaves_the_state_and_a_refusal_says_what_to_do() {
    let atelier = atelier();
    let mut chantier = a_deux(&atelier);
    chantier.lance_et_soumet();
    for esms in chantier.esms() {
        chantier.clot(&esms);
    }
    let ecrit = |texte: &str| Ecriture::Modifier {
        objet: "synthese".to_owned(),
        element: None,
        texte: texte.to_owned(),
    };
    chantier.ecrit("gestionnaire", ecrit("un")).unwrap();
    chantier.ecrit("gestionnaire", ecrit("deux")).unwrap();
    assert_eq!(chantier.contrat.texte(Digest::of(b"un")), None);
    assert_eq!(chantier.contrat.texte(Digest::of(b"deux")), Some("deux"));
    chantier.negocie();
    chantier.fige_et_delibere();
    for partie in chantier.parties() {
        chantier.fait(&partie, "a_signer", "signer", &[]);
    }
    let entre = Ecriture::Entrer {
        cle: "E9".to_owned(),
        element: esms("Trop tard", Competence::Ars),
        effet: None,
    };
    let refus = chantier.ecrit("ars", entre).unwrap_err();
    assert_eq!(refus.code(), "engage");
    assert_eq!(refus.regle().as_deref(), Some("CASF L.313-11"));
    assert_eq!(refus.remede(), "Demandez un avenant.");
}
