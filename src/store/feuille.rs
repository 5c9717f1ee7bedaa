//! What acts write: gathered row by row, then given to the database in one statement for each
//! table, however many the acts, and all of them in one journey. Of two writings of one row, the
//! later stays.

use super::avis::Avis;
use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::faute::{Point, passe};
use super::journal::{self, Repondue, Tete, entier};
use super::lignes::{EnLignes, Valeur, en_un_appel, en_un_voyage, si_rien_n_a_bouge};
use super::ordres::{Ou, TABLES, TETES, TETES_LITE, TETES_PG};
use super::projections::Projection;
use crate::metier::chaine::{Charge, Scellee, instant};
use crate::workflow::machine::digest::Digest;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

type Cle = Vec<Valeur>;

/// The rows of one act, or of several.
#[derive(Debug, Default)]
pub struct Feuille {
    /// By table and key: the other columns; none: the row goes.
    lignes: BTreeMap<Ou, BTreeMap<Cle, Option<Vec<Valeur>>>>,
    /// Contracts whose rows of lists are not known: all go before they are written again.
    vides: BTreeSet<(Ou, String)>,
    /// Heads that move on, of contracts whose row in lists stays.
    tetes: BTreeMap<String, Tete>,
}

fn texte(texte: &str) -> Valeur {
    Valeur::Texte(texte.to_owned())
}

fn nombre(nombre: u64) -> Valeur {
    Valeur::Entier(entier(nombre))
}

impl Feuille {
    fn ecrit(&mut self, ou: Ou, cle: Cle, valeurs: Vec<Valeur>) {
        let table = self.lignes.entry(ou).or_default();
        table.insert(cle, Some(valeurs));
    }

    /// Adds a line of the journal.
    ///
    /// # Errors
    /// A line whose payload was blanked.
    pub fn ligne(&mut self, ligne: &Scellee) -> Result<(), Erreur> {
        let Charge::Claire(charge) = &ligne.charge else {
            return Err(Erreur::Abime(
                "une ligne caviardée ne s'écrit pas".to_owned(),
            ));
        };
        let cle = vec![texte(&ligne.contrat), nombre(ligne.ordre)];
        let valeurs = vec![
            texte(&ligne.flux),
            nombre(ligne.rang),
            Valeur::Texte(instant(ligne.enregistre)),
            Valeur::Texte(ligne.effet.to_string()),
            texte(&ligne.genre),
            Valeur::Entier(i64::from(ligne.version)),
            texte(&ligne.auteur),
            texte(&ligne.prive),
            texte(charge),
            Valeur::Texte(ligne.empreinte.to_string()),
        ];
        self.ecrit(Ou::Journal, cle, valeurs);
        Ok(())
    }

    /// Keeps a text of a contract, once.
    pub fn texte(&mut self, contrat: &str, empreinte: Digest, contenu: &str) {
        let cle = vec![texte(contrat), Valeur::Texte(empreinte.to_string())];
        self.ecrit(Ou::Textes, cle, vec![texte(contenu)]);
    }

    /// Keeps a private note of a party.
    pub fn note(&mut self, contrat: &str, engagement: Digest, partie: &str, dit: [&str; 2]) {
        let cle = vec![texte(contrat), Valeur::Texte(engagement.to_string())];
        let [sel, contenu] = dit.map(texte);
        self.ecrit(Ou::Notes, cle, vec![texte(partie), sel, contenu]);
    }

    /// Moves the head of a stream on.
    pub fn flux(&mut self, contrat: &str, flux: &str, workflow: &str, tete: (u64, Digest)) {
        let cle = vec![texte(contrat), texte(flux)];
        let empreinte = Valeur::Texte(tete.1.to_string());
        let valeurs = vec![texte(workflow), nombre(tete.0), empreinte];
        self.ecrit(Ou::Flux, cle, valeurs);
    }

    /// Lets the heads of the streams of a contract go, before they are written again.
    pub fn oublie_flux(&mut self, contrat: &str) {
        self.vides.insert((Ou::Flux, contrat.to_owned()));
    }

    /// Moves the head of a contract on, whose row in lists stays.
    pub fn tete(&mut self, contrat: &str, tete: &Tete) {
        // A row written by an earlier act takes the head with it.
        let rangees = self.lignes.get_mut(&Ou::Contrats);
        let rangee = rangees.and_then(|lignes| lignes.get_mut([texte(contrat)].as_slice()));
        match rangee {
            Some(Some(valeurs)) => valeurs.splice(..4, en_tete(tete)).for_each(drop),
            _ => {
                self.tetes.insert(contrat.to_owned(), tete.clone());
            }
        }
    }

    /// Writes the head of a contract, with its row in lists.
    pub fn contrat(&mut self, contrat: &str, tete: &Tete, projection: &Projection) {
        self.tetes.remove(contrat);
        let p = projection;
        let mut valeurs = en_tete(tete).to_vec();
        valeurs.push(Valeur::Entier(i64::from(p.ouvert)));
        let textes = [
            &p.titre,
            &p.phase,
            &p.echeance,
            &p.plume,
            &p.terme,
            &p.recherche,
            &p.resume,
        ];
        valeurs.extend(textes.map(|t| texte(t)));
        self.ecrit(Ou::Contrats, vec![texte(contrat)], valeurs);
    }

    /// Writes what changed in lists. `avant`: what the tables hold; none: not known, all is
    /// written again.
    pub fn listes(&mut self, contrat: &str, avant: Option<&Projection>, apres: &Projection) {
        if avant.is_none() {
            for ou in [Ou::Taches, Ou::Echeances, Ou::Parties, Ou::Esms] {
                self.vides.insert((ou, contrat.to_owned()));
            }
        }
        let vide = Projection::default();
        let avant = avant.unwrap_or(&vide);
        self.rectifie(Ou::Taches, contrat, &avant.taches, &apres.taches);
        self.rectifie(Ou::Echeances, contrat, &avant.echeances, &apres.echeances);
        self.rectifie(Ou::Parties, contrat, &avant.parties, &apres.parties);
        self.rectifie(Ou::Esms, contrat, &avant.esms, &apres.esms);
    }

    fn rectifie<const C: usize, const V: usize>(
        &mut self,
        ou: Ou,
        contrat: &str,
        avant: &BTreeMap<[String; C], [String; V]>,
        apres: &BTreeMap<[String; C], [String; V]>,
    ) {
        let cle = |cle: &[String; C]| {
            let reste = cle.iter().map(|c| texte(c));
            std::iter::once(texte(contrat)).chain(reste).collect()
        };
        for partie in avant.keys().filter(|cle| !apres.contains_key(*cle)) {
            let table = self.lignes.entry(ou).or_default();
            table.insert(cle(partie), None);
        }
        for (partie, valeur) in apres {
            if avant.get(partie) != Some(valeur) {
                let valeurs = valeur.iter().map(|v| texte(v)).collect();
                self.ecrit(ou, cle(partie), valeurs);
            }
        }
    }

    /// Keeps the answer to a request.
    pub fn repond(&mut self, cle: &journal::Cle, reponse: &Repondue) {
        let cle = cle.iter().map(|c| texte(c)).collect();
        let valeurs = vec![
            texte(&reponse.contenu),
            nombre(reponse.premiere),
            nombre(reponse.derniere),
        ];
        self.ecrit(Ou::Demandes, cle, valeurs);
    }

    /// Writes a notice, once.
    pub fn avis(&mut self, avis: &Avis, cree: &str) {
        let cle = [&avis.contrat, &avis.cle, &avis.partie].map(|c| texte(c));
        let valeurs = [&avis.objet, cree, "", ""].map(texte).to_vec();
        self.ecrit(Ou::Avis, cle.to_vec(), valeurs);
    }

    /// Gives it all to the database.
    ///
    /// # Errors
    /// The database does not take it, or another writer came first; the transaction is then to be
    /// given up.
    pub async fn pose(&self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        for (ou, contrat) in &self.vides {
            let (sql, _) = ou.ote();
            sur!(conn, c => sqlx::query(sql).bind(contrat).execute(c).await.map(|_| ()))?;
        }
        let tetes = self.en_tetes();
        match conn {
            Conn::Lite(c) => en_un_appel(c, &self.tables(TETES_LITE, &tetes)).await?,
            Conn::Pg(c) => en_un_voyage(c, &self.tables(TETES_PG, &tetes)).await?,
        }
        let moments = [
            Point::ApresAjout,
            Point::ApresProjections,
            Point::ApresTravaux,
        ];
        moments.into_iter().for_each(passe);
        Ok(())
    }

    /// Gives it all to PostgreSQL, by itself a transaction, if these heads have not moved. Answers
    /// whether it was written.
    ///
    /// # Errors
    /// As the driver says them.
    pub(super) async fn pose_si(
        &self,
        conn: &mut PgConnection,
        tetes: &BTreeMap<&str, &Tete>,
    ) -> sqlx::Result<bool> {
        if !self.vides.is_empty() {
            return Ok(false);
        }
        let en_avant = self.en_tetes();
        let ordres = self.tables(TETES_PG, &en_avant);
        let attendues = tetes.iter();
        let attendues =
            attendues.map(|(id, tete)| (*id, entier(tete.ordre), tete.empreinte.as_str()));
        si_rien_n_a_bouge(conn, &attendues.collect::<Vec<_>>(), &ordres).await
    }

    /// The statements, of those that have rows. `fin`: how the engine names columns of values.
    fn tables<'t>(
        &'t self,
        fin: &'static str,
        tetes: &'t [(Valeur, [Valeur; 4])],
    ) -> Vec<EnLignes<'t>> {
        let mut ordres = vec![avance(fin, tetes)];
        for ou in TABLES {
            let Some(lignes) = self.lignes.get(&ou) else {
                continue;
            };
            let (mut otees, mut posees) = (Vec::new(), Vec::new());
            for (cle, valeurs) in lignes {
                match valeurs {
                    Some(valeurs) => posees.push(cle.iter().chain(valeurs).collect()),
                    None => otees.push(cle.iter().collect()),
                }
            }
            ordres.push(EnLignes::nouvelle(ou.ote().1, otees, ")"));
            let (debut, fin) = ou.pose();
            ordres.push(EnLignes::nouvelle(debut, posees, fin));
        }
        ordres.retain(|ordre| !ordre.vide());
        ordres
    }

    fn en_tetes(&self) -> Vec<(Valeur, [Valeur; 4])> {
        let tetes = self.tetes.iter();
        tetes
            .map(|(contrat, tete)| (texte(contrat), en_tete(tete)))
            .collect()
    }
}

/// Moves heads on, whose row in lists stays.
fn avance<'t>(fin: &'static str, tetes: &'t [(Valeur, [Valeur; 4])]) -> EnLignes<'t> {
    let lignes = tetes
        .iter()
        .map(|(contrat, tete)| std::iter::once(contrat).chain(tete).collect());
    EnLignes::nouvelle(TETES, lignes.collect(), fin)
}

fn en_tete(tete: &Tete) -> [Valeur; 4] {
    let [empreinte, instant, vu] = [&tete.empreinte, &tete.instant, &tete.vu].map(|t| texte(t));
    [nombre(tete.ordre), empreinte, instant, vu]
}
