//! The pieces of a contract: those asked for, those handed over, each version as it was.

use super::Etat;
use super::dire::{Arrivee, Renvoi, formulaire};
use super::echanges::{entier, retour};
use super::envoi::{self, un};
use super::erreurs::Faute;
use super::pages::Parametres;
use super::refuse::Refuse;
use super::seance::Seance;
use super::televerse::{DEPOT_MAX, Televerse, lit};
use crate::app::dits::{DitsLus, Quoi};
use crate::app::formulaires::{Dire, Envoi, Erreur};
use crate::app::vues;
use crate::app::vues::francais::typographie;
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::saisie::{Document, Saisie};
use crate::metier::evenement::Evenement;
use crate::workflow::definition::model::Role;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use uuid::Uuid;

type Resultat = Result<Response, Faute>;

const FICHIER_MAX: usize = DEPOT_MAX - 64 * 1024;

/// Kinds of files that are taken: how they end, what they are, how they begin.
const GENRES: [(&str, &str, &[u8]); 10] = [
    ("pdf", "application/pdf", b"%PDF-"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04",
    ),
    (
        "odt",
        "application/vnd.oasis.opendocument.text",
        b"PK\x03\x04",
    ),
    (
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        b"PK\x03\x04",
    ),
    ("png", "image/png", b"\x89PNG"),
    ("jpg", "image/jpeg", b"\xff\xd8\xff"),
    ("jpeg", "image/jpeg", b"\xff\xd8\xff"),
    ("csv", "text/csv", b""),
    ("txt", "text/plain", b""),
];

/// What a file is: its end and its first bytes agree.
fn media(nom: &str, octets: &[u8]) -> Result<&'static str, String> {
    let fin = nom.rsplit_once('.').map_or("", |(_, fin)| fin);
    let connu = GENRES.iter().find(|g| g.0.eq_ignore_ascii_case(fin));
    let Some((_, media, debut)) = connu else {
        let finissent: Vec<&str> = GENRES.iter().map(|g| g.0).collect();
        return Err(format!(
            "« {nom} » n'est pas d'un genre accepté. Attendu : {}. Convertissez-le, en PDF par \
             exemple.",
            finissent.join(", ")
        ));
    };
    let texte = debut.is_empty() && std::str::from_utf8(octets).is_err();
    if !octets.starts_with(debut) || (texte && octets.contains(&0)) {
        return Err(format!(
            "Le contenu de « {nom} » n'est pas celui d'un fichier « {fin} ». Ouvrez-le, puis \
             enregistrez-le de nouveau dans ce format."
        ));
    }
    Ok(media)
}

fn erreur(champ: &str, phrase: &str) -> Erreur {
    Erreur {
        champ: champ.to_owned(),
        phrase: typographie(phrase),
    }
}

impl Etat {
    async fn page_des_documents(
        &self,
        seance: &Seance,
        id: &str,
        arrivee: Arrivee<'_>,
    ) -> Resultat {
        let demandes = entier(self.dits(seance, id, Quoi::Echanges).await?)?;
        let deposes = self.dits(seance, id, Quoi::Documents).await?;
        let mut vue = vues::documents(&demandes, &deposes, self.aujourdhui());
        vue.depot = Uuid::now_v7().to_string();
        if let Some(renvoi) = arrivee.renvoi.as_ref().filter(|r| r.dire.is_none()) {
            un(renvoi.envoi, "piece").clone_into(&mut vue.piece);
        }
        let envoi = format!("{}/pieces", vue.adresse);
        let lu = &demandes.lu;
        let neuve = formulaire(lu, (Dire::Piece, &envoi), &Envoi::new(), &arrivee);
        let page = (lu, "pages/documents", "documents");
        let formulaires = neuve.into_iter().collect();
        self.page_dite(seance, page, ("Documents", vue), (formulaires, arrivee))
    }

    /// Keeps a file, then the line that names it. Answers the place of the line.
    async fn depose(
        &self,
        seance: &Seance,
        dits: &DitsLus,
        depot: Televerse,
    ) -> Result<Result<u64, Refuse>, Faute> {
        let lu = &dits.lu;
        if lu.place.role < Some(Role::Contribution) {
            let phrase = "Déposer une pièce demande la fonction « contribution ». Demandez-la à \
                          l'administration de votre organisation.";
            return Ok(Err(Refuse::nouveau(StatusCode::FORBIDDEN, phrase)));
        }
        let Televerse { envoi, nom, octets } = depot;
        let nom = nom
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut erreurs = Vec::new();
        let piece = un(&envoi, "piece").trim().to_owned();
        if piece.is_empty() || piece.chars().count() > 200 {
            let phrase = "« Pièce » : dites ce qu'est ce fichier, en 200 caractères au plus.";
            erreurs.push(erreur("piece-deposee", phrase));
        }
        if nom.is_empty() || octets.is_empty() {
            let phrase = "« Fichier » manque : choisissez un fichier qui a un contenu.";
            erreurs.push(erreur("fichier", phrase));
        } else if octets.len() > FICHIER_MAX {
            erreurs.push(erreur(
                "fichier",
                "« Fichier » : 25 Mo au plus. Allégez-le.",
            ));
        }
        let media = media(&nom, &octets);
        if let (true, Err(phrase)) = (erreurs.is_empty(), &media) {
            erreurs.push(erreur("fichier", phrase));
        }
        let Ok(media) = media.and_then(|m| {
            if erreurs.is_empty() {
                Ok(m)
            } else {
                Err(String::new())
            }
        }) else {
            return Ok(Err(Refuse::champs(erreurs)));
        };
        let taille = octets.len() as u64;
        let empreinte = self.consultation.depose(media, octets).await?;
        let document = Document {
            nom,
            empreinte,
            taille,
            media: media.to_owned(),
        };
        let ecriture = Ecriture::Saisir(Saisie::Document { piece, document });
        Ok(self.inscrit(seance, lu, un(&envoi, "id"), ecriture).await)
    }
}

pub async fn documents(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Resultat {
    let arrivee = etat.arrive(&seance, (&id, "pieces"), &parametres).await;
    etat.page_des_documents(&seance, &id, arrivee).await
}

pub async fn depose(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Resultat {
    let dits = entier(etat.dits(&seance, &id, Quoi::Documents).await?)?;
    let depot = lit(requete).await?;
    let envoi = depot.envoi.clone();
    match etat.depose(&seance, &dits, depot).await? {
        Ok(ligne) => Ok(retour(&dits.lu, "documents", ligne)),
        Err(refuse) => {
            let renvoi = Renvoi {
                dire: None,
                envoi: &envoi,
                refuse,
            };
            etat.page_des_documents(&seance, &id, Arrivee::refusee(renvoi))
                .await
        }
    }
}

pub async fn demande(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = entier(etat.dits(&seance, &id, Quoi::Echanges).await?)?;
    let ici = (&dits, "pieces");
    match etat.dit_ou_garde(&seance, ici, (Dire::Piece, &envoi)).await {
        Ok(ligne) => Ok(retour(&dits.lu, "documents", ligne)),
        Err(refuse) => {
            let renvoi = Renvoi {
                dire: Some(Dire::Piece),
                envoi: &envoi,
                refuse,
            };
            etat.page_des_documents(&seance, &id, Arrivee::refusee(renvoi))
                .await
        }
    }
}

/// A version, as it was handed over; `ordre`: the line that names it. Never shown in the page: a
/// file is not ours.
pub async fn version(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, ordre)): Path<(String, String)>,
) -> Resultat {
    let dits = entier(etat.dits(&seance, &id, Quoi::Documents).await?)?;
    let ordre: u64 = ordre.parse().map_err(|_| Faute::Introuvable)?;
    let ligne = dits.lignes.iter().find(|l| l.ordre == ordre);
    let Some(Evenement::Saisie {
        saisie: Saisie::Document { document, .. },
        ..
    }) = ligne.map(|l| &l.evenement)
    else {
        return Err(Faute::Introuvable);
    };
    etat.rend(document).await
}

impl Etat {
    /// A file, as it was handed over: never shown in a page, since it is not ours.
    pub(super) async fn rend(&self, document: &Document) -> Resultat {
        let octets = self.consultation.fichier(document.empreinte).await?;
        let octets = octets.ok_or(Faute::Introuvable)?;
        let code: String = form_urlencoded::byte_serialize(document.nom.as_bytes()).collect();
        let disposition = format!("attachment; filename*=UTF-8''{}", code.replace('+', "%20"));
        let texte = document.media.starts_with("text/") && std::str::from_utf8(&octets).is_ok();
        let codage = if texte { "; charset=utf-8" } else { "" };
        let genre = HeaderValue::from_str(&format!("{}{codage}", document.media));
        let genre = genre.unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let disposition = HeaderValue::from_str(&disposition);
        let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
        let ferme = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
        let entetes = [
            (header::CONTENT_TYPE, genre),
            (header::CONTENT_DISPOSITION, disposition),
            (header::CONTENT_SECURITY_POLICY, ferme),
        ];
        Ok((entetes, octets).into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::media;

    #[test]
    fn a_file_is_what_its_name_and_its_first_bytes_say() {
        assert_eq!(media("Annexe.PDF", b"%PDF-1.7"), Ok("application/pdf"));
        assert_eq!(media("notes.txt", b""), Ok("text/plain"));
        for (nom, octets) in [
            ("page.html", &b"<script>"[..]),
            ("annexe.pdf", b"<html>"),
            ("image.svg", b"<svg/>"),
            ("sans", b"%PDF-"),
            ("donnees.csv", b"\xff\x00\xfe"),
        ] {
            assert!(media(nom, octets).is_err(), "{nom}");
        }
    }
}
