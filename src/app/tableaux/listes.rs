//! What is read of the lists kept beside the journals: one statement for each list, whatever the
//! number of contracts.

use super::formes::Source;
use crate::app::consult::resume_lu;
use crate::app::contrat::{Machines, RACINE, cle_du_flux};
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{Noms, ResumeContrat, condition_dite, lieu};
use crate::echanges::tableaux::Cellule;
use crate::store::{Conn, Erreur, listes};
use crate::workflow::machine::refusal::Missing;
use crate::workflow::machine::{Machine, Spot};
use chrono::NaiveDate;
use std::collections::BTreeMap;

type Lignes = Vec<Vec<Cellule>>;

/// The lines that a list gives of these contracts.
pub(super) async fn lignes(
    conn: &mut Conn<'_>,
    machines: &Machines<'_>,
    source: Source,
    ids: &[String],
) -> Result<Lignes, Erreur> {
    let mut mots = Mots::lus(conn, machines, ids).await?;
    match source {
        Source::Parties => {
            let lues = listes::parties(conn, ids).await?;
            let partie = |(contrat, partie, nom): listes::Partie| {
                mots.ligne(&contrat, [Cellule::Texte(partie), Cellule::Texte(nom)])
            };
            Ok(lues.into_iter().map(partie).collect())
        }
        Source::Esms => {
            let lues = listes::esms(conn, ids).await?;
            let esms = |(contrat, finess, nom, phase): listes::Esms| {
                mots.ligne(&contrat, [finess, nom, phase].map(Cellule::Texte))
            };
            Ok(lues.into_iter().map(esms).collect())
        }
        Source::Taches => {
            mots.nomme(conn, ids).await?;
            let lues = listes::taches(conn, ids).await?;
            lues.into_iter().map(|lue| mots.tache(lue)).collect()
        }
        Source::Echeances => {
            mots.nomme(conn, ids).await?;
            let lues = listes::echeances(conn, ids).await?;
            Ok(lues.into_iter().map(|lue| mots.echeance(lue)).collect())
        }
        _ => Ok(mots.contrats()),
    }
}

/// The lines of the list itself, of rows already read.
pub(super) fn contrats(machines: &Machines<'_>, resumes: Vec<ResumeContrat>) -> Lignes {
    let resumes = resumes.into_iter();
    let mots = Mots {
        machines,
        resumes: resumes
            .map(|r| (r.id.clone(), (r.titre.clone(), r)))
            .collect(),
        flux: BTreeMap::new(),
        esms: BTreeMap::new(),
    };
    mots.contrats()
}

/// What names the things that lists speak of.
struct Mots<'m> {
    machines: &'m Machines<'m>,
    resumes: BTreeMap<String, (String, ResumeContrat)>,
    /// By contract and stream: its workflow.
    flux: BTreeMap<(String, String), String>,
    /// By contract and key: an establishment's name.
    esms: BTreeMap<(String, String), String>,
}

impl<'m> Mots<'m> {
    async fn lus(
        conn: &mut Conn<'_>,
        machines: &'m Machines<'_>,
        ids: &[String],
    ) -> Result<Self, Erreur> {
        let resumes = listes::resumes(conn, ids).await?.into_iter();
        let lu = |(id, titre, resume): listes::Resume| Ok((id, (titre, resume_lu(&resume)?)));
        Ok(Self {
            machines,
            resumes: resumes.map(lu).collect::<Result<_, Erreur>>()?,
            flux: BTreeMap::new(),
            esms: BTreeMap::new(),
        })
    }

    /// Reads what places are made of.
    async fn nomme(&mut self, conn: &mut Conn<'_>, ids: &[String]) -> Result<(), Erreur> {
        let flux = listes::flux(conn, ids).await?.into_iter();
        self.flux = flux.map(|(c, flux, w)| ((c, flux), w)).collect();
        let esms = listes::esms(conn, ids).await?.into_iter();
        self.esms = esms.map(|(c, finess, nom, _)| ((c, finess), nom)).collect();
        Ok(())
    }

    /// A line: the contract, its title, and the rest.
    fn ligne(&self, contrat: &str, reste: impl IntoIterator<Item = Cellule>) -> Vec<Cellule> {
        let titre = self.resumes.get(contrat).map(|(titre, _)| titre.as_str());
        let debut = [contrat, titre.unwrap_or_default()].map(Cellule::texte);
        debut.into_iter().chain(reste).collect()
    }

    fn contrats(&self) -> Lignes {
        let resumes = self.resumes.iter();
        let ligne = |(id, (_, resume)): (&String, &(String, ResumeContrat))| {
            let noms = Noms(&resume.parties);
            let plume: Vec<String> = resume.plume.iter().map(|p| noms.nom(p)).collect();
            let dite = |texte: &Option<String>| Cellule::ou_vide(texte.clone(), Cellule::Texte);
            let reste = [
                Cellule::texte(&resume.gestionnaire),
                Cellule::Entier(i64::try_from(resume.esms).unwrap_or(i64::MAX)),
                Cellule::texte(&resume.phase),
                dite(&resume.attendu.as_deref().map(majuscule)),
                Cellule::Texte(plume.join(", ")),
                dite(&resume.manque),
                Cellule::ou_vide(resume.prochaine_echeance, Cellule::Date),
                Cellule::ou_vide(resume.terme, Cellule::Date),
                Cellule::Booleen(resume.fini),
            ];
            self.ligne(id, reste)
        };
        resumes.map(ligne).collect()
    }

    fn tache(&self, lue: listes::Tache) -> Result<Vec<Cellule>, Erreur> {
        let (contrat, flux, place, _, partie, titre, manque) = lue;
        let manque: Vec<Missing> = serde_json::from_str(&manque)
            .map_err(|e| Erreur::Abime(format!("une tâche ne se lit pas ({e})")))?;
        let faisable = Cellule::Booleen(manque.is_empty());
        let manque: Vec<String> = manque.iter().map(condition_dite).collect();
        let nom = self.nom(&contrat, &partie);
        let reste = self.place(&contrat, &flux, &Spot::new(&place));
        let reste = reste.into_iter().chain([
            Cellule::Texte(typographie(&titre)),
            Cellule::Texte(partie),
            Cellule::Texte(nom),
            faisable,
            Cellule::Texte(manque.join(" ")),
        ]);
        Ok(self.ligne(&contrat, reste))
    }

    fn echeance(&self, lue: listes::Echeance) -> Vec<Cellule> {
        let (contrat, jour, flux, place, nom, effet) = lue;
        let spot = Spot::new(&place);
        let machine = self.machine(&contrat, &flux);
        let date = jour.parse::<NaiveDate>();
        let debut = [date.map_or(Cellule::Texte(jour), Cellule::Date)];
        let reste = debut.into_iter().chain(self.place(&contrat, &flux, &spot));
        let reste = reste.chain([
            Cellule::Texte(minuterie(machine, &spot, &nom)),
            Cellule::Texte(ensuite(machine, &spot, &effet)),
        ]);
        self.ligne(&contrat, reste)
    }

    fn machine(&self, contrat: &str, flux: &str) -> Option<&Machine<'m>> {
        let workflow = self.flux.get(&(contrat.to_owned(), flux.to_owned()))?;
        self.machines.machine(workflow)
    }

    /// The stream, the state and the items, as people name them.
    fn place(&self, contrat: &str, flux: &str, spot: &Spot) -> [Cellule; 3] {
        let machine = self.machine(contrat, flux);
        let procedure = match machine.map(Machine::workflow) {
            Some(workflow) if flux != RACINE => {
                let cle = cle_du_flux(flux, &workflow.name);
                typographie(format!("{} {cle}", workflow.title).trim_end())
            }
            _ if flux == RACINE => super::contrat::LE_CONTRAT.to_owned(),
            _ => flux.to_owned(),
        };
        let etape = match lieu(machine, spot) {
            (Some(dans), titre) => format!("{dans} : {titre}"),
            (None, titre) => titre,
        };
        let elements: Vec<String> = spot.keys().map(|cle| self.nom(contrat, &cle)).collect();
        [procedure, etape, elements.join(", ")].map(Cellule::Texte)
    }

    /// The name of a party or an establishment; the key of another item.
    fn nom(&self, contrat: &str, cle: &str) -> String {
        if let Some(nom) = self.esms.get(&(contrat.to_owned(), cle.to_owned())) {
            return nom.clone();
        }
        let connue = self.resumes.get(contrat).map(|(_, resume)| resume);
        connue.map_or_else(|| cle.to_owned(), |resume| Noms(&resume.parties).nom(cle))
    }
}

/// What a date is called.
fn minuterie(machine: Option<&Machine<'_>>, spot: &Spot, nom: &str) -> String {
    let node = machine.and_then(|m| m.workflow().find(&spot.path()));
    let titre = node.and_then(|n| n.after.iter().find(|t| t.name == nom)?.title.as_deref());
    match titre {
        Some(titre) => majuscule(&typographie(titre)),
        None if nom == "due" => "À faire avant cette date".to_owned(),
        None => "Échéance".to_owned(),
    }
}

/// The state that follows, once a date is over.
fn ensuite(machine: Option<&Machine<'_>>, spot: &Spot, vers: &str) -> String {
    if vers == "end" {
        return "Fin de l’étape".to_owned();
    }
    let chemin = match spot.path().rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/{vers}"),
        None => vers.to_owned(),
    };
    let node = machine.and_then(|m| m.workflow().find(&chemin));
    let titre = node.and_then(|n| n.title.as_deref());
    typographie(titre.unwrap_or(vers))
}
