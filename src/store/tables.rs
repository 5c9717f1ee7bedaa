//! The tables, column by column, for what copies them whole.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::lignes::{EnLignes, Valeur};
use sqlx::Row;

#[derive(Debug, Clone, Copy)]
enum Genre {
    Texte,
    Entier,
    Octets,
}
use Genre::{Entier as E, Octets as O, Texte as T};

/// One table, copied by pages in the order of its key, whose columns come first.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) nom: &'static str,
    genres: &'static [Genre],
    cle: usize,
    page: i64,
    premiere: &'static str,
    suivante: &'static str,
    pose: &'static str,
}

macro_rules! table {
    ($nom:literal, $colonnes:literal, $cle:literal, $n:literal, $apres:literal, $page:literal,
     $genres:expr) => {
        Table {
            nom: $nom,
            genres: &$genres,
            cle: $n,
            page: $page,
            premiere: concat!(
                "select ",
                $colonnes,
                " from ",
                $nom,
                " order by ",
                $cle,
                " limit $1"
            ),
            suivante: concat!(
                "select ",
                $colonnes,
                " from ",
                $nom,
                " where (",
                $cle,
                ") > (",
                $apres,
                ") order by ",
                $cle,
                " limit $1"
            ),
            pose: concat!("insert into ", $nom, " (", $colonnes, ") "),
        }
    };
}

/// What is the truth: restored as it is. Sessions, sign-ins under way, links for forgotten
/// passwords and tries are left out: a session or a counter given back would open to a browser, or
/// close to a person, what has since been closed or opened. What was revoked after a backup (a
/// right, a key, an invitation, a recovery code) comes back with it, as any other act undone.
pub(super) const VRAIES: [Table; 36] = [
    table!(
        "journal",
        "contrat, ordre, flux, rang, enregistre, effet, genre, version, auteur, prive, charge, \
         empreinte",
        "contrat, ordre",
        2,
        "$2, $3",
        2_000,
        [T, E, T, E, T, T, T, E, T, T, T, T]
    ),
    table!(
        "contrats",
        "id, ordre, tete, instant, vu, ouvert, titre, phase, echeance, plume, terme, recherche, \
         resume",
        "id",
        1,
        "$2",
        1_000,
        [T, E, T, T, T, E, T, T, T, T, T, T, T]
    ),
    table!(
        "flux",
        "contrat, flux, workflow, rang, empreinte",
        "contrat, flux",
        2,
        "$2, $3",
        2_000,
        [T, T, T, E, T]
    ),
    table!(
        "demandes",
        "contrat, auteur, id, contenu, premiere, derniere",
        "contrat, auteur, id",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, T, T, E, E]
    ),
    table!(
        "textes",
        "contrat, empreinte, texte",
        "contrat, empreinte",
        2,
        "$2, $3",
        200,
        [T, T, T]
    ),
    table!(
        "depots",
        "empreinte, taille, genre, octets",
        "empreinte",
        1,
        "$2",
        4,
        [T, E, T, O]
    ),
    table!(
        "purges",
        "instant, regle, avant, nombre",
        "instant, regle",
        2,
        "$2, $3",
        2_000,
        [T, T, T, E]
    ),
    table!(
        "travaux",
        "cle, genre, du, bail, essais, fait, donnees",
        "cle",
        1,
        "$2",
        2_000,
        [T, T, T, T, E, T, T]
    ),
    table!(
        "avis",
        "contrat, cle, partie, objet, cree, bail, envoye",
        "contrat, cle, partie",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "bordereaux",
        "jour, etabli, contenu, empreinte, jeton",
        "jour",
        1,
        "$2",
        1,
        [T, T, T, T, T]
    ),
    table!(
        "organisations",
        "id, nature, nom, siren, ej, territoire",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "personnes",
        "id, nom, courriel, cree, desactivee, connexion",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "secrets",
        "personne, mot_de_passe, totp, pas",
        "personne",
        1,
        "$2",
        2_000,
        [T, T, T, E]
    ),
    table!(
        "codes_secours",
        "personne, empreinte",
        "personne, empreinte",
        2,
        "$2, $3",
        2_000,
        [T, T]
    ),
    table!(
        "droits",
        "id, personne, organisation, fonction, portee, du, au",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "ensembles",
        "organisation, genre, nom, membres",
        "organisation, genre, nom",
        3,
        "$2, $3, $4",
        500,
        [T, T, T, T]
    ),
    table!(
        "appareils",
        "empreinte, personne, cree",
        "empreinte",
        1,
        "$2",
        2_000,
        [T, T, T]
    ),
    table!(
        "invitations",
        "id, empreinte, courriel, organisation, fonction, portee, du, au, auteur, cree, expire, \
         acceptee",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T, T, T, T, T, T]
    ),
    table!(
        "cles",
        "id, empreinte, personne, organisation, nom, fonction, cree, au, vue",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T, T, T]
    ),
    table!(
        "registre_acces",
        "id, instant, auteur, acte, personne, organisation, objet",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "courriels",
        "id, personne, nom, adresse, sujet, texte, html, cree, du, bail, essais, envoye, refuse, \
         erreur",
        "id",
        1,
        "$2",
        200,
        [T, T, T, T, T, T, T, T, T, T, E, T, T, T]
    ),
    table!(
        "recueil",
        "personne, contrat, cle, partie, objet, cree, du",
        "personne, contrat, cle, partie",
        4,
        "$2, $3, $4, $5",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "preferences",
        "personne, rubrique, mode",
        "personne, rubrique",
        2,
        "$2, $3",
        2_000,
        [T, T, T]
    ),
    table!(
        "flux_ics",
        "jeton, personne, cree, revoque",
        "jeton",
        1,
        "$2",
        2_000,
        [T, T, T, T]
    ),
    table!(
        "identites_federees",
        "emetteur, sujet, personne, cree",
        "emetteur, sujet",
        2,
        "$2, $3",
        2_000,
        [T, T, T, T]
    ),
    table!(
        "abonnements",
        "id, organisation, adresse, secret, cree, du, bail, essais, suspendu, erreur",
        "id",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T, E, T, T]
    ),
    table!(
        "abonnements_suivis",
        "abonnement, contrat, ordre",
        "abonnement, contrat",
        2,
        "$2, $3",
        2_000,
        [T, T, E]
    ),
    table!(
        "brouillons",
        "personne, contrat, formulaire, texte, quand",
        "personne, contrat, formulaire",
        3,
        "$2, $3, $4",
        200,
        [T, T, T, T, T]
    ),
    table!(
        "circuits",
        "organisation, des, rangs",
        "organisation",
        1,
        "$2",
        500,
        [T, T, T]
    ),
    table!(
        "prepares",
        "id, organisation, contrat, auteur, cree, etat, contenu, visas, esms, motif, executant, \
         ordre",
        "id",
        1,
        "$2",
        200,
        [T, T, T, T, T, T, T, T, T, T, T, E]
    ),
    table!(
        "etablissements",
        "finess, ej, nom, categorie, categorie_libelle, departement, commune, tarification, \
         tarification_libelle, ouvert_le, ferme_le, importe_le, source",
        "finess",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T, T, T, T, T, T, T, T]
    ),
    table!(
        "entites",
        "finess, nom, siren, departement, importe_le, source",
        "finess",
        1,
        "$2",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "capacites",
        "finess, autorisee, installee, importe_le, source",
        "finess",
        1,
        "$2",
        2_000,
        [T, E, E, T, T]
    ),
    table!(
        "chiffres",
        "finess, indicateur, annee, valeur, numerateur, denominateur, importe_le, source, \
         ancienne, ancienne_le",
        "finess, indicateur, annee",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, E, T, T, T, T, T, T, T]
    ),
    table!(
        "reperes",
        "categorie, annee, territoire, indicateur, structures, q1, mediane, q3",
        "categorie, annee, territoire, indicateur",
        4,
        "$2, $3, $4, $5",
        2_000,
        [T, E, T, T, E, T, T, T]
    ),
    table!(
        "imports",
        "instant, genre, empreinte, lus, ajoutes, modifies, inchanges",
        "instant, genre, empreinte",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, T, E, E, E, E]
    ),
];

/// What lists show: in the file, so that it may be opened as it is; computed anew when restored.
pub(super) const PROJETEES: [Table; 4] = [
    table!(
        "taches",
        "contrat, flux, lieu, acte, partie, titre, manque, attendu",
        "contrat, flux, lieu, acte, partie",
        5,
        "$2, $3, $4, $5, $6",
        2_000,
        [T, T, T, T, T, T, T, T]
    ),
    table!(
        "echeances",
        "contrat, flux, lieu, nom, jour, effet",
        "contrat, flux, lieu, nom",
        4,
        "$2, $3, $4, $5",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "parties",
        "contrat, partie, nom, siren, ej, recherche",
        "contrat, partie",
        2,
        "$2, $3",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "esms",
        "contrat, finess, nom, phase, recherche",
        "contrat, finess",
        2,
        "$2, $3",
        2_000,
        [T, T, T, T, T]
    ),
];

impl Table {
    /// The rows after a given one, in order of the key.
    pub(super) async fn page(
        &self,
        conn: &mut Conn<'_>,
        apres: Option<&[Valeur]>,
    ) -> Result<Vec<Vec<Valeur>>, Erreur> {
        let sql = apres.map_or(self.premiere, |_| self.suivante);
        let cle = apres.unwrap_or_default().iter().take(self.cle);
        sur!(conn, c => {
            let mut requete = sqlx::query(sql).bind(self.page);
            for valeur in cle {
                requete = match valeur {
                    Valeur::Texte(texte) => requete.bind(texte),
                    Valeur::Entier(entier) => requete.bind(entier),
                    Valeur::Octets(octets) => requete.bind(octets),
                };
            }
            let lignes = requete.fetch_all(c).await?;
            let lue = |ligne| {
                let ligne: &_ = ligne;
                let valeurs = self.genres.iter().enumerate().map(|(i, genre)| {
                    Ok(match genre {
                        T => Valeur::Texte(Row::try_get(ligne, i)?),
                        E => Valeur::Entier(Row::try_get(ligne, i)?),
                        O => Valeur::Octets(Row::try_get(ligne, i)?),
                    })
                });
                valeurs.collect::<Result<Vec<Valeur>, Erreur>>()
            };
            lignes.iter().map(lue).collect()
        })
    }

    /// Appends rows.
    pub(super) async fn pose(
        &self,
        conn: &mut Conn<'_>,
        lignes: &[Vec<Valeur>],
    ) -> Result<(), Erreur> {
        let lignes = lignes.iter().map(|l| l.iter().collect()).collect();
        EnLignes::nouvelle(self.pose, lignes, "")
            .execute(conn)
            .await
    }
}
