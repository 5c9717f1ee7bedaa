//! What is prepared, as it is kept: read by the people of its organisation alone, within their
//! establishments.

use super::forme::{Forme, Lisible};
use crate::app::acces::{Place, Visiteur};
use crate::app::comptes::Circuit;
use crate::app::consult::{Consultation, Indisponible};
use crate::app::formulaires::Envoi;
use crate::app::vues::ContratLu;
use crate::metier::chaine::instant;
use crate::store::identites::{circuits, personnes};
use crate::store::{Conn, Erreur, prepares};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An act prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepare {
    pub id: String,
    pub organisation: String,
    pub contrat: String,
    /// A person.
    pub auteur: String,
    pub cree: DateTime<Utc>,
    pub etat: EtatPrepare,
    pub contenu: Contenu,
    /// The author first.
    pub visas: Vec<Visa>,
    /// FINESS numbers; none: it is about the whole contract.
    pub esms: Vec<String>,
    /// Why it was sent back.
    pub motif: String,
    /// Who is giving the last visa.
    pub executant: String,
    /// The place of its line in the contract, once done.
    pub ordre: u64,
    lu: [String; 2],
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EtatPrepare {
    EnCours,
    /// To its author, with a reason.
    Renvoye,
    /// Taken back by its author.
    Repris,
    Fait,
}

const ETATS: [(EtatPrepare, &str); 4] = [
    (EtatPrepare::EnCours, "en_cours"),
    (EtatPrepare::Renvoye, "renvoye"),
    (EtatPrepare::Repris, "repris"),
    (EtatPrepare::Fait, "fait"),
];

impl EtatPrepare {
    /// The word it is kept by.
    pub(super) fn mot(self) -> &'static str {
        let ligne = ETATS.iter().find(|(etat, _)| *etat == self);
        ligne.map_or("", |(_, mot)| mot)
    }

    fn lit(mot: &str) -> Option<Self> {
        let ligne = ETATS.iter().find(|(_, connu)| *connu == mot);
        ligne.map(|(etat, _)| *etat)
    }
}

/// What was filled in, and how it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contenu {
    pub forme: Forme,
    /// With the digest of what was shown.
    pub envoi: Envoi,
    pub lisible: Lisible,
}

/// A visa; the author's is the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visa {
    pub personne: String,
    /// As accounts have it: kept there, so that it is erased with them.
    #[serde(skip)]
    pub nom: String,
    /// The rank then held, and the instant; empty: none.
    pub rang: String,
    pub quand: String,
}

impl Visa {
    pub fn de(personne: &str, nom: &str) -> Self {
        Self {
            personne: personne.to_owned(),
            nom: nom.to_owned(),
            ..Self::default()
        }
    }

    /// Given by someone, under a circuit, at an instant.
    pub(super) fn donne(
        qui: &Visiteur,
        circuit: Option<&Circuit>,
        maintenant: DateTime<Utc>,
    ) -> Self {
        let rang = circuit.and_then(|c| c.rangs.get(c.rang(&qui.personne)?));
        Self {
            rang: rang.map(|r| r.titre.clone()).unwrap_or_default(),
            quand: instant(maintenant),
            ..Self::de(&qui.personne, &qui.nom)
        }
    }
}

impl Prepare {
    /// Whether someone sees it: its author; those of its organisation who see its establishments.
    pub fn visible(&self, place: &Place, personne: &str) -> bool {
        place.organisations.contains(&self.organisation)
            && (self.auteur == personne
                || place.esms.is_none()
                || self.esms.iter().any(|finess| place.voit(finess)))
    }

    /// The digest of what was shown to its author; empty: it binds to none.
    pub fn empreinte(&self) -> &str {
        let montree = self.contenu.envoi.get("empreinte").and_then(|v| v.first());
        montree.map_or("", String::as_str)
    }

    fn lu(ligne: prepares::Prepare) -> Result<Self, Erreur> {
        let abime = |quoi: String| Erreur::Abime(format!("un acte préparé ne se lit pas ({quoi})"));
        let json = |e: serde_json::Error| abime(e.to_string());
        let etat = EtatPrepare::lit(&ligne.etat).ok_or_else(|| abime(ligne.etat.clone()))?;
        let esms = ligne.esms.split(',').filter(|f| !f.is_empty());
        Ok(Self {
            esms: esms.map(str::to_owned).collect(),
            cree: ligne.cree.parse().map_err(|_| abime(ligne.cree.clone()))?,
            contenu: serde_json::from_str(&ligne.contenu).map_err(json)?,
            visas: serde_json::from_str(&ligne.visas).map_err(json)?,
            ordre: u64::try_from(ligne.ordre).unwrap_or_default(),
            lu: [ligne.etat, ligne.visas],
            id: ligne.id,
            organisation: ligne.organisation,
            contrat: ligne.contrat,
            auteur: ligne.auteur,
            motif: ligne.motif,
            executant: ligne.executant,
            etat,
        })
    }
}

/// The circuit of the first of some organisations that has one.
async fn circuit(
    conn: &mut Conn<'_>,
    organisations: &BTreeSet<String>,
) -> Result<Option<Circuit>, Erreur> {
    for organisation in organisations {
        if let Some(ligne) = circuits::de(conn, organisation).await? {
            return Circuit::lu(&ligne).map(Some);
        }
    }
    Ok(None)
}

/// Names those who gave visas.
async fn nomme(
    conn: &mut Conn<'_>,
    trouves: &mut [(Prepare, Option<Circuit>)],
) -> Result<(), Erreur> {
    let mut noms: BTreeMap<String, String> = BTreeMap::new();
    for visa in trouves.iter_mut().flat_map(|(p, _)| &mut p.visas) {
        if !noms.contains_key(&visa.personne) {
            let lue = personnes::par_id(conn, &visa.personne).await?;
            noms.insert(visa.personne.clone(), lue.map_or(String::new(), |p| p.nom));
        }
        visa.nom = noms.get(&visa.personne).cloned().unwrap_or_default();
    }
    Ok(())
}

fn en_json<T: Serialize>(valeur: &T) -> Result<String, Erreur> {
    let ecrit = serde_json::to_string(valeur);
    ecrit.map_err(|e| Erreur::Abime(format!("un acte préparé ne s'écrit pas ({e})")))
}

impl Consultation {
    /// The circuit of those in whose name someone acts.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn circuit(
        &self,
        organisations: &BTreeSet<String>,
    ) -> Result<Option<Circuit>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(circuit(&mut lecteur.conn(), organisations).await?)
    }

    /// One act prepared on a contract, with the circuit of the day. `None`: there is none such, for
    /// that person.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn prepare(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        id: &str,
    ) -> Result<Option<(Prepare, Option<Circuit>)>, Indisponible> {
        let connu = self.prepare_connu(id).await?;
        Ok(connu.filter(|(prepare, _)| {
            prepare.contrat == lu.identite.id && prepare.visible(&lu.place, &qui.personne)
        }))
    }

    /// One, whoever asks.
    pub(super) async fn prepare_connu(
        &self,
        id: &str,
    ) -> Result<Option<(Prepare, Option<Circuit>)>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        let conn = &mut lecteur.conn();
        let Some(ligne) = prepares::lu(conn, id).await? else {
            return Ok(None);
        };
        let prepare = Prepare::lu(ligne)?;
        let siennes = BTreeSet::from([prepare.organisation.clone()]);
        let circuit = circuit(conn, &siennes).await?;
        let mut trouve = [(prepare, circuit)];
        nomme(conn, &mut trouve).await?;
        Ok(trouve.into_iter().next())
    }

    /// What is under way on a contract, as someone sees it.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn prepares(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
    ) -> Result<Vec<(Prepare, Option<Circuit>)>, Indisponible> {
        let organisations = lu.place.organisations.iter().map(String::as_str);
        let mut trouves = self.ouverts(organisations, &lu.identite.id).await?;
        trouves.retain(|(prepare, _)| prepare.visible(&lu.place, &qui.personne));
        Ok(trouves)
    }

    /// What someone has to see or to take back, with the title of its contract.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn prepares_de(
        &self,
        qui: &Visiteur,
    ) -> Result<Vec<(Prepare, Option<Circuit>, String)>, Indisponible> {
        let organisations: BTreeSet<&str> = qui.titres.iter().map(|t| t.compte.as_str()).collect();
        let trouves = self.ouverts(organisations.into_iter(), "").await?;
        let concerne = |(prepare, circuit): &(Prepare, Option<Circuit>)| {
            let circuit = circuit.as_ref();
            prepare.auteur == qui.personne
                || circuit.is_some_and(|c| c.rang(&qui.personne).is_some())
        };
        let mut siens = Vec::new();
        let mut lecteur = self.entente.base.lire().await?;
        let conn = &mut lecteur.conn();
        for (prepare, circuit) in trouves.into_iter().filter(concerne).take(SIENS) {
            let lu = self.tenu(conn, qui, &prepare.contrat).await?;
            let vu = lu.filter(|lu| prepare.visible(&lu.place, &qui.personne));
            siens.extend(vu.map(|lu| (prepare, circuit, lu.identite.titre)));
        }
        Ok(siens)
    }

    async fn ouverts(
        &self,
        organisations: impl Iterator<Item = &str>,
        contrat: &str,
    ) -> Result<Vec<(Prepare, Option<Circuit>)>, Indisponible> {
        let mut trouves = Vec::new();
        let mut lecteur = self.entente.base.lire().await?;
        let conn = &mut lecteur.conn();
        for organisation in organisations {
            let lignes = prepares::ouverts(conn, [organisation, contrat]).await?;
            if lignes.is_empty() {
                continue;
            }
            let siennes = BTreeSet::from([organisation.to_owned()]);
            let circuit = circuit(conn, &siennes).await?;
            for ligne in lignes {
                trouves.push((Prepare::lu(ligne)?, circuit.clone()));
            }
        }
        nomme(conn, &mut trouves).await?;
        Ok(trouves)
    }

    /// Keeps what is prepared, once. `false`: the same id holds something else.
    pub(super) async fn garde(&self, neuf: Neuf<'_>) -> Result<bool, Erreur> {
        let ligne = prepares::Prepare {
            id: neuf.id.to_owned(),
            organisation: neuf.organisation.to_owned(),
            contrat: neuf.contrat.to_owned(),
            auteur: neuf.visa.personne.clone(),
            cree: neuf.visa.quand.clone(),
            etat: EtatPrepare::EnCours.mot().to_owned(),
            contenu: en_json(neuf.contenu)?,
            visas: en_json(&[neuf.visa])?,
            esms: neuf.esms.join(","),
            motif: String::new(),
            executant: String::new(),
            ordre: 0,
        };
        let garde = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if prepares::pose(conn, &ligne).await? {
                    return Ok(true);
                }
                let connu = prepares::lu(conn, &ligne.id).await?;
                Ok(connu.is_some_and(|c| c.contenu == ligne.contenu))
            })
        });
        garde.await
    }

    /// Changes what nobody changed since it was read.
    pub(super) async fn change(
        &self,
        prepare: &Prepare,
        (etat, visas, motif): (EtatPrepare, &[Visa], &str),
    ) -> Result<bool, Erreur> {
        let (id, lu) = (prepare.id.clone(), prepare.lu.clone());
        let (visas, motif) = (en_json(&visas)?, motif.to_owned());
        let change = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let depuis = [lu[0].as_str(), lu[1].as_str()];
                let vers = [etat.mot(), visas.as_str(), motif.as_str()];
                prepares::change(&mut conn, (&id, depuis), vers).await
            })
        });
        change.await
    }

    /// Holds one for whoever executes it. `false`: somebody else does, or it is over.
    pub(super) async fn tient(&self, id: &str, personne: &str) -> Result<bool, Erreur> {
        let (id, personne) = (id.to_owned(), personne.to_owned());
        let tient = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move { prepares::tient(&mut conn, &id, &personne).await })
        });
        tient.await
    }

    pub(super) async fn rend(&self, id: &str, personne: &str) -> Result<(), Erreur> {
        let (id, personne) = (id.to_owned(), personne.to_owned());
        let rend = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move { prepares::rend(&mut conn, &id, &personne).await })
        });
        rend.await
    }

    pub(super) async fn finit(
        &self,
        (id, personne): (&str, &str),
        visas: &[Visa],
        ordre: u64,
    ) -> Result<(), Erreur> {
        let (id, personne, visas) = (id.to_owned(), personne.to_owned(), en_json(&visas)?);
        let ordre = i64::try_from(ordre).unwrap_or_default();
        let finit = self.entente.base.ecrire(move |mut conn| {
            Box::pin(
                async move { prepares::finit(&mut conn, [&id, &personne, &visas], ordre).await },
            )
        });
        finit.await
    }
}

/// As many as one page shows someone.
const SIENS: usize = 50;

/// Something to keep.
pub(super) struct Neuf<'a> {
    pub id: &'a str,
    pub organisation: &'a str,
    pub contrat: &'a str,
    pub contenu: &'a Contenu,
    /// The author's.
    pub visa: Visa,
    pub esms: Vec<String>,
}
