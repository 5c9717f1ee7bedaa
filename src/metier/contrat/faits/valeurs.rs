//! The facts: typed values that conditions read.

use crate::workflow::catalogue::Mover::{Act, Capability, Child, Clock, Declaration, Import};
use crate::workflow::catalogue::{Fact, Kind, Mover, PartyKind, Total};

/// Each party states it for itself.
const PARTIES: &[Mover] = &[
    Declaration(PartyKind::Operator),
    Declaration(PartyKind::Authority),
    Declaration(PartyKind::Other),
];
const AUTHORITIES: &[Mover] = &[Declaration(PartyKind::Authority)];
const OPERATOR: &[Mover] = &[Declaration(PartyKind::Operator)];
const IMPORT: &[Mover] = &[Import];
/// Known when the workflow opens, and never changed after.
const OPENING: &[Mover] = &[];
/// What the request for an avenant says; the root receives it.
const REQUEST: &[Mover] = &[Act(&["demander_avenant"])];
const REMINDER: &[Mover] = &[Act(&["relancer"])];
const CLOSING: &[Mover] = &[Act(&["clore", "clore_avec_divergences"])];
const SUBMISSION: &[Mover] = &[Act(&["soumettre"])];
const ROUND: &[Mover] = &[Act(&["amender", "discuter"])];
const AGREEMENT: &[Mover] = &[Act(&["accorder"])];
const REFUSAL: &[Mover] = &[Act(&["refuser", "signer"])];
const SUCCESSOR: &[Mover] = &[Act(&["renouveler"])];
const NOTIFICATION: &[Mover] = &[Act(&["notifier", "enregistrer_notification"])];
const RECEIPT: &[Mover] = &[Act(&["deposer", "representer"]), Import];
const APPROVAL: &[Mover] = &[Act(&["approuver"])];
/// The date of the document that the act itself brings.
const PROOF: &[Mover] = &[Act(&["reconnaitre_approbation", "reconnaitre_rejet"])];
const DEMAND: &[Mover] = &[Act(&["demander_dm"])];
const OPINION: &[Mover] = &[Act(&["rendre_avis"])];
const CLOCK: &[Mover] = &[Clock];
const NOTICE: &[Mover] = &[Act(&["mettre_en_demeure"]), Clock];
const AVENANT: &[Mover] = &[Child("avenant")];

const REJECTION: &[Mover] = &[Act(&["rejeter", "rouvrir"])];

/// What is written in the text of the contract, and changed later by avenant only.
const TEXT: &[Mover] = &[
    Capability("contrat.write"),
    Capability("contrat.reprendre"),
    Capability("socle.write"),
    Child("avenant"),
];
const WRITING: &[Mover] = &[Capability("contrat.write"), Capability("annexes.write")];
const DIAGNOSTIC: &[Mover] = &[Capability("diagnostic.write")];
const POSITIONS: &[Mover] = &[Capability("diagnostic.position")];
const SYNTHESIS: &[Mover] = &[Capability("diagnostic.consolider")];
const FIGURES: &[Mover] = &[Capability("indicateurs.write")];
const OBJECTIVE: &[Mover] = &[Capability("objectifs.write")];
const OBJECTIVES: &[Mover] = &[
    Capability("objectifs.proposer"),
    Capability("objectifs.write"),
];
const MEANS: &[Mover] = &[Capability("moyens.write")];
const CLAUSES: &[Mover] = &[Capability("clauses.write")];
const ACTIVITY: &[Mover] = &[Capability("activite.write")];
const CHANGES: &[Mover] = &[
    Capability("avenant.proposer"),
    Capability("modifications.write"),
];
const REVIEW: &[Mover] = &[Capability("revue.write")];
const EPRD: &[Mover] = &[Capability("eprd.write")];

/// A fact that only the journal moves (acts, children, the passing of time) is computed from it;
/// every other one is stated by a party until the trade computes it.
const fn declared(movers: &[Mover]) -> bool {
    let mut i = 0;
    while i < movers.len() {
        if !matches!(movers[i], Act(_) | Child(_) | Clock) {
            return true;
        }
        i += 1;
    }
    false
}

const fn fact(
    kind: Kind,
    name: &'static str,
    title: &'static str,
    moved_by: &'static [Mover],
) -> Fact {
    Fact {
        name,
        title,
        kind,
        of: None,
        total: None,
        moved_by,
        declared: declared(moved_by),
        each: false,
    }
}

/// One line per fact: `kind name [of collection total], title, movers[, each|one[, entered]]`.
/// `each`: each party moves it for itself.
/// `entered`: its movers enter something that tells it, and nobody states it.
macro_rules! facts {
    ($($kind:ident $name:literal $(of $of:literal $total:ident)?, $title:literal, $by:expr
        $(, $each:ident $(, $entered:ident)?)?;)*) => {
        &[$(Fact {
            each: facts!(@each $($each)?),
            declared: declared($by) $($(&& facts!(@$entered))?)?,
            ..facts!(@one fact(Kind::$kind, $name, $title, $by) $(, $of, $total)?)
        }),*]
    };
    (@entered) => { false };
    (@each) => { false };
    (@each one) => { false };
    (@each each) => { true };
    (@one $fact:expr) => { $fact };
    (@one $fact:expr, $of:literal, $total:ident) => {
        Fact { of: Some($of), total: Some(Total::$total), ..$fact }
    };
}

pub const FACTS: &[Fact] = facts! {
    // — Programming, launch —
    // The programming decree is published: any party may state what it says.
    Integer "contrat.annee_programmee", "Année programmée", PARTIES;
    Integer "contrat.parties_sans_referent", "Parties sans référent", PARTIES, each, entered;
    Boolean "contrat.accord_interdepartemental",
        "Accord sur le périmètre interdépartemental", PARTIES;
    Boolean "contrat.titulaire_eligible", "Titulaire inscrit sur la liste régionale", AUTHORITIES;
    Date "contrat.terme_convention", "Terme de la convention tripartite", PARTIES;
    Date "contrat.terme_convention_demande", "Terme demandé pour la convention tripartite", PARTIES;
    Integer "contrat.relances", "Relances faites", REMINDER;
    Boolean "contrat.mise_en_garde_recue",
        "Lettre recommandée reçue par le gestionnaire", AUTHORITIES;

    // — Perimeter —
    Boolean "perimetre.a_competence_ars", "Un ESMS au moins relève de l'ARS", IMPORT;
    Boolean "perimetre.a_competence_departementale",
        "Un ESMS au moins relève d'un Département", IMPORT;
    Integer "perimetre.nombre_departements", "Départements compétents", IMPORT;
    Boolean "perimetre.a_usld", "Autorisation de soins de longue durée", IMPORT;
    Integer "perimetre.esms_sans_diagnostic", "ESMS sans diagnostic clos", CLOSING;
    Integer "perimetre.esms_sans_cible_activite", "ESMS sans cible d'activité", ACTIVITY;
    Boolean "gestionnaire.plan_de_redressement",
        "Plan de redressement ou retour à l'équilibre", AUTHORITIES;

    // — Shared diagnostic —
    Integer "diagnostic.themes_obligatoires_vides" of "esms" Sum,
        "Thèmes obligatoires à renseigner", DIAGNOSTIC;
    Integer "diagnostic.constats_sans_position" of "esms" Sum,
        "Constats auxquels manque une position", POSITIONS, each;
    Integer "diagnostic.themes_bloquants" of "esms" Sum, "Thèmes marqués bloquants", POSITIONS;
    Boolean "diagnostic.soumis" of "esms" All,
        "Version actuelle soumise par le gestionnaire", SUBMISSION;
    Boolean "diagnostic.synthese_redigee", "Synthèse rédigée", SYNTHESIS;
    Integer "indicateurs.sans_source" of "esms" Sum, "Données sans source", FIGURES;
    Boolean "besoins.profil_depose" of "esms" All, "Profil de besoins déposé",
        &[Capability("besoins.write")], one, entered;

    // — Objectives —
    Boolean "objectifs.lie_a_un_constat" of "objectifs" All, "Lié à un constat", OBJECTIVE;
    Boolean "objectifs.indicateur_complet" of "objectifs" All,
        "Indicateur avec départ et cibles", OBJECTIVE;
    Boolean "objectifs.pilote_nomme" of "objectifs" All, "Pilote nommé", OBJECTIVE;
    Boolean "objectifs.financement_dit" of "objectifs" All, "Financement dit", OBJECTIVE;
    Integer "objectifs.tours" of "objectifs" Max, "Tours de négociation", ROUND;
    Boolean "objectifs.accord_acquis" of "objectifs" All,
        "Accord donné sur la version actuelle", AGREEMENT;
    Boolean "objectifs.rejet_acquis" of "objectifs" All, "Rejeté", REJECTION;
    Integer "objectifs.strategiques", "Objectifs stratégiques", OBJECTIVES;
    Integer "objectifs.cooperation", "Objectifs de coopération territoriale", OBJECTIVES;
    Integer "objectifs.sans_indicateur_unique", "Objectifs sans indicateur unique", OBJECTIVES;
    Integer "objectifs.sans_cible", "Objectifs sans valeur cible", OBJECTIVES;
    Integer "objectifs.sans_plan_action", "Objectifs sans plan d'action", OBJECTIVES;

    // — Means, clauses, recognitions —
    Boolean "moyens.equilibre" of "financeurs" All, "Total égal à celui de l'annexe", MEANS;
    Boolean "moyens.sections_completes" of "financeurs" All, "Sections tarifaires complètes", MEANS;
    Integer "moyens.tours" of "financeurs" Max, "Tours de négociation", ROUND;
    Boolean "moyens.accord_acquis" of "financeurs" All,
        "Accord donné sur la version actuelle", AGREEMENT;
    Integer "clauses.obligatoires_manquantes", "Clauses obligatoires manquantes", CLAUSES;
    Boolean "clauses.affectation_tranchee", "Clause d'affectation tranchée", CLAUSES;
    Boolean "clauses.modulation_tranchee", "Modulation retenue ou écartée", CLAUSES;
    Boolean "reconnaissances.cahier_des_charges_respecte" of "reconnaissances" All,
        "Cahier des charges rempli", OPERATOR;

    // — Text, signature —
    Integer "contrat.rubriques_vides", "Rubriques obligatoires vides", WRITING;
    Integer "contrat.annexes_manquantes", "Annexes obligatoires manquantes", WRITING;
    Boolean "contrat.annexe_financiere_presente", "Annexe financière jointe", TEXT;
    Boolean "contrat.annexe_usld_presente", "Annexe des soins de longue durée jointe",
        &[Capability("usld.write")];
    Boolean "contrat.revue_juridique_faite", "Relecture juridique faite", WRITING;
    Boolean "contrat.niveau_signature_choisi", "Niveau de signature choisi", WRITING;
    Integer "contrat.annee_effet", "Année d'effet", AUTHORITIES;
    Date "contrat.date_effet", "Date d'effet", TEXT;
    Date "contrat.terme", "Terme", TEXT;
    Integer "contrat.delegations_invalides", "Délégations de signature non valides", PARTIES, each;
    Boolean "contrat.refus_du_gestionnaire", "Le refus est celui du gestionnaire", REFUSAL;

    // — Life of the contract —
    Boolean "contrat.clause_modulation", "Clause de modulation à l'activité",
        &[Capability("clauses.write"), Child("avenant")];
    Boolean "contrat.mise_en_demeure_echue", "Mise en demeure échue sans effet", NOTICE;
    Boolean "contrat.delai_reserves_echu", "Délai de réponse sur les réserves échu", CLOCK;
    Date "contrat.terme_sans_prorogation", "Terme, inconnu tant qu'une prorogation est demandée",
        &[Act(&["demander_avenant"]), Child("avenant")];
    Boolean "contrat.prorogation_appliquee", "Prorogé depuis l'ouverture de la fin", AVENANT;
    Integer "contrat.prorogations", "Prorogations déjà appliquées", AVENANT;
    Boolean "contrat.successeur_ouvert", "Contrat suivant programmé", SUCCESSOR;
    Boolean "contrat.successeur_signe", "Contrat suivant signé", IMPORT;
    Boolean "contrat.successeur_en_vigueur", "Contrat suivant en vigueur", IMPORT;
    Integer "enfants.avenants_en_cours", "Avenants en cours", AVENANT;

    // — Avenant —
    Boolean "avenant.est_prorogation", "L'avenant proroge le contrat", REQUEST;
    Date "avenant.terme_demande", "Terme demandé", REQUEST;
    Boolean "avenant.retour_a_l_equilibre", "L'avenant porte un retour à l'équilibre", REQUEST;
    Boolean "avenant.injonction_echue", "Délai de l'injonction échu", CLOCK;
    Boolean "avenant.partie_concernee" of "parties" Any, "La partie est concernée", CHANGES;
    Date "avenant.date_effet", "Date d'effet de l'avenant", CHANGES;
    Integer "modifications.tours" of "modifications" Max, "Tours de négociation", ROUND;
    Boolean "modifications.accord_acquis" of "modifications" All,
        "Accord donné sur la version actuelle", AGREEMENT;
    Boolean "modifications.rejet_acquis" of "modifications" All, "Rejetée", REJECTION;

    // — Yearly review —
    Integer "revue.exercice", "Exercice examiné", OPENING;
    Integer "revue.indicateurs_sans_valeur" of "esms" Sum,
        "Indicateurs sans valeur ni motif", REVIEW;
    Integer "revue.objectifs_sans_note" of "autorites" Sum, "Objectifs sans note",
        &[Capability("revue.noter")], each;
    Integer "revue.avis_rendus", "Avis rendus", OPINION, each;
    Boolean "revue.comite_obligatoire", "Comité de suivi obligatoire cette année", CLOCK;

    // — EPRD, ERRD, amending decision —
    Integer "eprd.exercice", "Exercice", OPENING;
    Date "eprd.derniere_notification", "Dernière notification reçue", NOTIFICATION;
    Date "eprd.date_recu_plateforme", "Réception par la plateforme", RECEIPT;
    Date "eprd.date_ria", "Date du relevé infra-annuel demandé", APPROVAL;
    Integer "eprd.ko_bloquants", "Contrôles bloquants en échec", EPRD;
    Boolean "eprd.depot_en_retard", "Date limite de dépôt passée", CLOCK;
    Boolean "eprd.delai_representation_echu", "Délai de nouvelle version échu", CLOCK;
    Boolean "eprd.piece_anterieure", "Pièce datée de l'échéance au plus tard", PROOF;
    Boolean "errd.depot_en_retard", "Date limite de l'ERRD passée", CLOCK;
    Date "dm.date_recu_plateforme", "Réception par la plateforme", RECEIPT;
    Integer "dm.ko_bloquants", "Contrôles bloquants en échec", &[Capability("dm.write")];
    Boolean "dm.demandee_par_autorite", "Demandée par une autorité", DEMAND;
    Boolean "dm.piece_anterieure", "Pièce datée de l'échéance au plus tard", PROOF;
};
