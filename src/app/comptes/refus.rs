//! Why someone does not get in, or an access is not changed: each in one French sentence that says
//! what to do.

use crate::metier::finess::FinessRefusal;
use crate::metier::organisation::OrganisationRefusal;
use crate::store::Erreur;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use thiserror::Error;

/// Why a sign-in does not go on.
#[derive(Debug, Clone, Error)]
pub enum RefusConnexion {
    /// The same for an unknown address, a wrong password, a disabled person.
    #[error(
        "L'adresse ou le mot de passe ne convient pas. Vérifiez les deux, puis réessayez ; si vous \
         avez oublié votre mot de passe, choisissez « Mot de passe oublié » sur cette page."
    )]
    Identifiants,
    /// Nothing was evaluated.
    #[error(
        "Trop d'essais ont eu lieu. Attendez {}, puis réessayez.",
        heure(jusqu_a)
    )]
    Trop { jusqu_a: DateTime<Utc> },
    #[error(
        "Ce code ne convient pas, ou il a déjà servi. Attendez le code suivant de votre \
         application, ou saisissez un code de secours ; il vous reste {restants} essai(s)."
    )]
    Code { restants: i64 },
    #[error("Votre connexion n'est plus ouverte. Connectez-vous de nouveau.")]
    Session,
    #[error("Trop de connexions sont demandées à la fois. Réessayez dans un instant.")]
    Occupe,
    #[error(transparent)]
    Base(#[from] Erreur),
}

fn heure(jusqu_a: &DateTime<Utc>) -> String {
    jusqu_a.with_timezone(&Paris).format("%H h %M").to_string()
}

/// Why someone who comes from a provider of identities does not get in.
#[derive(Debug, Clone, Error)]
pub enum RefusFederation {
    #[error(
        "Aucun fournisseur d'identité n'est réglé ici. Connectez-vous avec votre adresse et votre \
         mot de passe."
    )]
    Absent,
    #[error(
        "« {nom} » ne répond pas, ou pas à temps. Réessayez dans quelques minutes, ou \
         connectez-vous avec votre mot de passe."
    )]
    Indisponible { nom: String },
    #[error(
        "La réponse de « {nom} » n'a pas pu être vérifiée : rien n'a été fait. Recommencez ; si \
         cela se répète, prévenez la personne qui administre les accès de votre organisation."
    )]
    Douteuse { nom: String },
    #[error(
        "« {nom} » n'a pas confirmé votre identité. Recommencez, ou connectez-vous avec votre mot \
         de passe."
    )]
    Refusee { nom: String },
    #[error(
        "Cette connexion n'est plus attendue : elle a plus de dix minutes, elle a déjà servi, ou \
         elle a commencé dans un autre navigateur. Recommencez depuis cette page."
    )]
    Perdue,
    #[error(
        "« {nom} » vous connaît, mais personne ne vous attend ici sous cette identité. Attendu : \
         {attendu}. Trouvé : {trouve}. Demandez à la personne qui administre les accès de votre \
         organisation de vous inviter à cette adresse."
    )]
    Inconnue {
        nom: String,
        attendu: &'static str,
        trouve: String,
    },
    #[error(transparent)]
    Connexion(#[from] RefusConnexion),
}

impl From<Erreur> for RefusFederation {
    fn from(erreur: Erreur) -> Self {
        Self::Connexion(erreur.into())
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefusMotDePasse {
    #[error(
        "Ce mot de passe compte {trouve} caractère(s) ; il en faut au moins {attendu}. Choisissez \
         plusieurs mots sans lien entre eux."
    )]
    Court { attendu: usize, trouve: usize },
    #[error("Ce mot de passe compte {trouve} caractères ; 128 au plus. Raccourcissez-le.")]
    Long { trouve: usize },
    #[error(
        "Ce mot de passe est de ceux qu'on essaie en premier. Choisissez plusieurs mots sans lien \
         entre eux."
    )]
    Commun,
    #[error(
        "Ce mot de passe est votre adresse, votre nom ou le nom du logiciel. Choisissez plusieurs \
         mots sans lien avec vous."
    )]
    Identite,
}

/// Why an access is not changed.
#[derive(Debug, Clone, Error)]
pub enum Refus {
    #[error(transparent)]
    Connexion(#[from] RefusConnexion),
    #[error(transparent)]
    MotDePasse(#[from] RefusMotDePasse),
    #[error(transparent)]
    Organisation(OrganisationRefusal),
    #[error(transparent)]
    Finess(FinessRefusal),
    #[error(
        "Une adresse électronique était attendue, comme « nom@exemple.fr ». Corrigez la saisie."
    )]
    Courriel,
    #[error("Un nom d'une ligne était attendu, de 120 caractères au plus. Corrigez la saisie.")]
    Nom,
    #[error(
        "Un identifiant ne contient que des lettres sans accent, des chiffres, des tirets et des \
         points, 64 au plus. Corrigez la saisie."
    )]
    Identifiant,
    #[error(
        "La portée doit nommer un pôle, une délégation ou un service, ou de 1 à 500 \
         établissements. Corrigez la saisie."
    )]
    Portee,
    #[error(
        "Un circuit de visas compte de 1 à 6 rangs, chacun avec un titre et de 1 à 50 personnes. \
         Complétez le rang {0}."
    )]
    Rang(usize),
    #[error(
        "« {0} » n'est l'adresse d'aucune personne active de votre organisation. Corrigez-la, ou \
         invitez d'abord cette personne."
    )]
    Membre(String),
    #[error("La date de fin précède la date de début, ou elle est passée. Corrigez les dates.")]
    Dates,
    #[error(
        "Vous n'administrez pas ces accès. Demandez à une personne qui administre ceux de cette \
         organisation."
    )]
    Interdit,
    #[error("Ce compte, cette organisation ou cet accès n'existe pas. Rechargez la page.")]
    Inconnu,
    #[error("Cette adresse ou cet identifiant a déjà un compte. Donnez-lui un droit.")]
    Existe,
    #[error(
        "Cette invitation n'est plus valable : elle a déjà servi, elle a plus de sept jours, ou \
         elle a été annulée. Demandez-en une autre."
    )]
    Invitation,
    #[error(
        "Ce lien n'est plus valable : il a déjà servi, il a plus de trente minutes, ou un autre a \
         été demandé depuis. Demandez-en un autre."
    )]
    Lien,
    #[error(
        "Cette adresse a déjà un compte. Connectez-vous avec ce compte, puis ouvrez de nouveau le \
         lien de l'invitation."
    )]
    DejaInscrit,
    #[error(
        "Ce changement demande que vous veniez de vous connecter. Connectez-vous de nouveau, puis \
         recommencez."
    )]
    Ancienne,
    #[error(
        "Une adresse qui commence par « https:// », du réseau public, sans identifiant ni mot de \
         passe, était attendue. Corrigez la saisie."
    )]
    AdresseAbonnement,
    #[error(
        "Le serveur n'annonce qu'à une liste d'hôtes (webhooks.hotes), et celui-ci n'en est pas. \
         Demandez à qui tient le serveur de l'y ajouter."
    )]
    HoteAbonnement,
    #[error("Cette organisation a déjà dix abonnements. Retirez-en un, puis recommencez.")]
    Abonnements,
    #[error(
        "Cette clé aurait plus de droits que vous dans cette organisation. Choisissez une fonction \
         que vous exercez."
    )]
    Cle,
    #[error(
        "Un second facteur est demandé à tout le monde ici : il se remplace, il ne se retire pas. \
         Choisissez « Changer de téléphone »."
    )]
    Exige,
    #[error(
        "Cette clé a été révoquée : elle ne revient pas. Rouvrez la page et créez-en une autre."
    )]
    Revoquee,
    #[error(
        "Personne d'autre n'administre votre organisation. Donnez d'abord la fonction \
         « administration », sur toute l'organisation, à une autre personne."
    )]
    Dernier,
    #[error(
        "Vous n'administrez pas tout ce que ce compte peut faire. Retirez-lui les fonctions que \
         vous administrez."
    )]
    Ailleurs,
    #[error(
        "Le code d'un département était attendu, comme « 38 », « 2A » ou « 974 ». Corrigez la \
         saisie."
    )]
    Departement,
    #[error("Vous n'avez pas de second facteur. Ajoutez-en un d'abord.")]
    SansSecondFacteur,
    #[error(transparent)]
    Base(#[from] Erreur),
}
