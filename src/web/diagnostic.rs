//! The shared diagnostic: of the contract, of an establishment; and the figures it is given.

use super::Etat;
use super::envoi::un;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres, texte};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::televerse::{Televerse, lit};
use crate::app::chiffres::{self, Apport, Ecart, Genre, Plume, RELEVES_MAX};
use crate::app::contrat::RACINE;
use crate::app::execute::Echec;
use crate::app::formulaires::Erreur;
use crate::app::visas::Empechement;
use crate::app::vues::diagnostic::{self, Comparaisons, Etendue, Regard};
use crate::app::vues::francais::typographie;
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::finess::Finess;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What may be brought, as it differs from what stands.
#[derive(Serialize)]
struct ApporterVue {
    adresse: String,
    /// The file that was read; none: the register.
    fichier: Option<String>,
    ecart: Ecart,
    /// Changes that are counted and not shown.
    tus: usize,
    /// What is written when it is accepted.
    releves: String,
    /// Made before sending.
    id: String,
    erreurs: Vec<Erreur>,
}

pub async fn ensemble(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let page = texte(&parametres, "page").parse().unwrap_or(1).max(1);
    let etendue = Etendue::Page(page);
    let vue = diagnostic::ensemble(&lu, etat.consultation.maintenant(), etendue);
    let vue = vue.ok_or(Faute::Introuvable)?;
    let titre = format!("Diagnostic partagé - {}", vue.contrat);
    let menu = Menu::new(&lu, "diagnostic");
    etat.page(Some(&seance), "pages/diagnostic", (titre, Some(menu)), vue)
}

pub async fn etablissement(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, finess)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let comparaisons = etat.comparaisons(&lu, &finess).await?;
    let regard = Regard {
        lu: &lu,
        maintenant: etat.consultation.maintenant(),
        comparaisons: &comparaisons,
    };
    let theme = texte(&parametres, "theme");
    let vue = diagnostic::diagnostic(&regard, &finess, &theme).ok_or(Faute::Introuvable)?;
    let titre = format!("Diagnostic, {} - {}", vue.nom, vue.contrat);
    let menu = Menu::new(&lu, "diagnostic");
    etat.page(
        Some(&seance),
        "pages/diagnostic-esms",
        (titre, Some(menu)),
        vue,
    )
}

impl Etat {
    /// What similar establishments show, for the years of which the establishment has figures.
    async fn comparaisons(&self, lu: &ContratLu, finess: &str) -> Result<Comparaisons, Faute> {
        let mut comparaisons = Comparaisons::new();
        let Some(racine) = lu.contrat.flux(RACINE) else {
            return Ok(comparaisons);
        };
        let element = racine.dossier.collections().element(ESMS, finess);
        let (Some(Element::Esms { categorie, .. }), Ok(numero)) = (element, Finess::parse(finess))
        else {
            return Ok(comparaisons);
        };
        let connu = self.consultation.etablissement(&numero).await?;
        let categorie = categorie
            .clone()
            .or(connu.as_ref().map(|c| c.etablissement.categorie.clone()));
        let departement = connu.map(|c| c.etablissement.departement);
        let (Some(categorie), Some(departement)) = (categorie, departement) else {
            return Ok(comparaisons);
        };
        let chiffres = racine.dossier.registre().chiffres(finess);
        let annees = chiffres
            .into_iter()
            .flat_map(|c| c.keys().map(|(_, annee)| *annee));
        for annee in annees.collect::<BTreeSet<i32>>() {
            let lue = self
                .consultation
                .comparaison(&categorie, &departement, annee);
            comparaisons.insert(annee, lue.await?);
        }
        Ok(comparaisons)
    }

    fn plume<'a>(&self, lu: &'a ContratLu) -> Plume<'a> {
        let maintenant = self.consultation.maintenant();
        Plume { lu, maintenant }
    }

    /// What the register holds of the establishments that someone sees.
    async fn du_repertoire(&self, lu: &ContratLu) -> Result<Ecart, Faute> {
        let racine = lu.contrat.flux(RACINE);
        let cles = racine
            .map(|r| r.dossier.collections().cles(ESMS))
            .unwrap_or_default();
        let cles = cles.iter().filter(|cle| lu.place.voit(cle));
        let numeros: Vec<Finess> = cles.filter_map(|cle| Finess::parse(cle).ok()).collect();
        let connus = self.consultation.chiffres(&numeros).await?;
        Ok(chiffres::du_repertoire(self.plume(lu), &connus))
    }

    fn page_des_chiffres(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        (fichier, ecart): (Option<String>, Ecart),
        refuse: Refuse,
    ) -> Result<Response, Faute> {
        let releves = serde_json::to_string(&ecart.apports);
        let vue = ApporterVue {
            adresse: vues::adresse(&lu.identite.id),
            fichier,
            releves: releves.unwrap_or_default(),
            tus: ecart.tus(),
            ecart,
            id: Uuid::now_v7().to_string(),
            erreurs: refuse.erreurs,
        };
        let titre = titre("Chiffres du diagnostic", &lu.identite.titre, &vue.erreurs);
        let menu = Menu::new(lu, "diagnostic");
        let page = self.page(Some(seance), "pages/chiffres", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

pub async fn chiffres_a_prendre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let ecart = etat.du_repertoire(&lu).await?;
    etat.page_des_chiffres(&seance, &lu, (None, ecart), Refuse::rien())
}

pub async fn chiffres_envoyes(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let Televerse { envoi, nom, octets } = lit(requete).await?;
    if un(&envoi, "geste") == "accepter" {
        let dits = (un(&envoi, "id"), un(&envoi, "releves"));
        return etat.accepte(&seance, lu, dits).await;
    }
    let nom = nom
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let genre = Genre::lit(un(&envoi, "genre"));
    let refuse = match (genre, octets.is_empty()) {
        (None, _) => champ(
            "genre",
            "« Ce que contient le fichier » : prenez une réponse de la liste.",
        ),
        (_, true) => champ(
            "fichier",
            "« Fichier » manque : choisissez un fichier qui a un contenu.",
        ),
        (Some(genre), false) => {
            let (lu, lisible) = (Arc::new(lu), nom.clone());
            let (la, maintenant) = (Arc::clone(&lu), etat.consultation.maintenant());
            let lus = tokio::task::spawn_blocking(move || {
                let plume = Plume {
                    lu: &la,
                    maintenant,
                };
                chiffres::du_fichier(plume, genre, (&lisible, &octets))
            });
            let lus = lus.await.map_err(|e| Faute::Interne(e.to_string()))?;
            return match lus {
                Ok(ecart) => {
                    etat.page_des_chiffres(&seance, &lu, (Some(nom), ecart), Refuse::rien())
                }
                Err(phrase) => {
                    let ecart = etat.du_repertoire(&lu).await?;
                    let refuse = champ("fichier", &phrase);
                    etat.page_des_chiffres(&seance, &lu, (None, ecart), refuse)
                }
            };
        }
    };
    let ecart = etat.du_repertoire(&lu).await?;
    etat.page_des_chiffres(&seance, &lu, (None, ecart), refuse)
}

fn champ(champ: &str, phrase: &str) -> Refuse {
    Refuse::champs(vec![Erreur {
        champ: champ.to_owned(),
        phrase: typographie(phrase),
    }])
}

/// What was sent is no list of lines that one sending may write.
fn apports(releves: &str) -> Result<Vec<Apport>, Refuse> {
    let phrase = match serde_json::from_str::<Vec<Apport>>(releves) {
        Err(_) => {
            "Ce qui a été envoyé ne se lit pas : relisez le fichier, ou le répertoire.".into()
        }
        Ok(apports) if apports.is_empty() => {
            "Il n'y a rien à prendre : relisez le fichier, ou le répertoire.".into()
        }
        Ok(apports) if apports.len() > RELEVES_MAX => format!(
            "Cet envoi porte {} relevés ; {RELEVES_MAX} au plus à la fois. Relisez le fichier.",
            apports.len()
        ),
        Ok(apports) => return Ok(apports),
    };
    Err(champ("", &phrase))
}

/// What came of lines that were sent.
#[derive(Default)]
struct Pris {
    ecrits: usize,
    derniere: u64,
    refuses: usize,
    /// Of the first that was not written.
    pourquoi: Option<Refuse>,
}

impl Etat {
    /// Writes what was accepted, a line for each establishment, year and source. Sent again, it is
    /// written once.
    async fn accepte(
        &self,
        seance: &Seance,
        lu: ContratLu,
        (id, releves): (&str, &str),
    ) -> Result<Response, Faute> {
        let lus = match id {
            "" => Err(champ(
                "",
                "Cette page est incomplète : rouvrez-la, puis acceptez.",
            )),
            _ => apports(releves),
        };
        let apports = match lus {
            Ok(apports) => apports,
            Err(refuse) => {
                let ecart = self.du_repertoire(&lu).await?;
                return self.page_des_chiffres(seance, &lu, (None, ecart), refuse);
            }
        };
        let Pris {
            ecrits,
            derniere,
            refuses,
            pourquoi,
        } = self.prend(seance, &lu, (id, &apports)).await?;
        let Some(mut refuse) = pourquoi else {
            let vers = vues::adresse(&lu.identite.id);
            return Ok(Redirect::to(&format!("{vers}?fait={derniere}")).into_response());
        };
        if ecrits > 0 {
            for erreur in &mut refuse.erreurs {
                erreur.phrase = typographie(&format!(
                    "Relevés écrits : {ecrits} ; non écrits : {refuses}. {}",
                    erreur.phrase
                ));
            }
        }
        // What was written stands: what is shown is what is left.
        let lu = self
            .lu(seance, &lu.identite.id, &Fenetre::default())
            .await?;
        let ecart = chiffres::des_apports(self.plume(&lu), &apports);
        let piece = apports.first().map(|apport| apport.releve.piece.clone());
        self.page_des_chiffres(seance, &lu, (piece, ecart), refuse)
    }

    /// A line that is refused stops no other; what would refuse them all stops at once.
    async fn prend(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        (id, apports): (&str, &[Apport]),
    ) -> Result<Pris, Faute> {
        let mut pris = Pris::default();
        for (rang, apport) in apports.iter().enumerate() {
            let id = format!("{id}-{rang}");
            let qui = (&seance.visiteur, lu);
            let ecriture = apport.clone().ecriture();
            match self
                .consultation
                .apporter(qui, (RACINE, ecriture), &id)
                .await
            {
                Ok(ligne) => {
                    pris.ecrits += 1;
                    pris.derniere = ligne;
                }
                Err(empechement) => {
                    let de_la_ligne = matches!(
                        empechement,
                        Empechement::Echec(Echec::Refus(_)) | Empechement::Portee
                    );
                    pris.refuses += 1;
                    if pris.pourquoi.is_none() {
                        pris.pourquoi = Some(Refuse::empeche(empechement)?);
                    }
                    if !de_la_ligne {
                        pris.refuses = apports.len() - pris.ecrits;
                        return Ok(pris);
                    }
                }
            }
        }
        Ok(pris)
    }
}
