//! Many contracts written at once, already sealed: for a synthetic country, not for acts.

use super::conn::Conn;
use super::erreur::Erreur;
use super::journal::{Tete, entier};
use super::projections::Projection;
use super::tables::{PROJETEES, Table, VRAIES, Valeur};
use crate::metier::chaine::{Charge, Scellee, Tetes, instant};
use crate::workflow::machine::digest::Digest;
use std::collections::BTreeMap;

/// A contract, whole.
#[derive(Debug)]
pub struct Graine {
    pub id: String,
    pub tete: Tete,
    pub lignes: Vec<Scellee>,
    pub tetes: Tetes,
    /// By stream.
    pub workflows: BTreeMap<String, String>,
    pub textes: Vec<(Digest, String)>,
    pub projection: Projection,
}

type Lignes = Vec<Vec<Valeur>>;

fn texte(texte: &str) -> Valeur {
    Valeur::Texte(texte.to_owned())
}

fn nombre(nombre: u64) -> Valeur {
    Valeur::Entier(entier(nombre))
}

/// Writes contracts that are not there yet.
///
/// # Errors
/// The database does not take them, or one of these is there.
pub async fn pose(conn: &mut Conn<'_>, graines: &[Graine]) -> Result<(), Erreur> {
    let mut par_table: BTreeMap<&str, Lignes> = BTreeMap::new();
    for graine in graines {
        graine.range(&mut par_table);
    }
    for table in VRAIES.iter().chain(&PROJETEES) {
        let table: &Table = table;
        if let Some(lignes) = par_table.get(table.nom) {
            table.pose(conn, lignes).await?;
        }
    }
    Ok(())
}

impl Graine {
    /// Its rows, by table, in the order of the columns.
    fn range(&self, par_table: &mut BTreeMap<&'static str, Lignes>) {
        let id = &self.id;
        let mut ajoute = |table, ligne| par_table.entry(table).or_default().push(ligne);
        for ligne in &self.lignes {
            ajoute("journal", journal(ligne));
        }
        ajoute("contrats", self.contrat());
        for (flux, (rang, empreinte)) in &self.tetes {
            let workflow = self.workflows.get(flux).map_or("", String::as_str);
            let empreinte = empreinte.to_string();
            let valeurs = [texte(id), texte(flux), texte(workflow), nombre(*rang)];
            let mut valeurs = valeurs.to_vec();
            valeurs.push(Valeur::Texte(empreinte));
            ajoute("flux", valeurs);
        }
        for (empreinte, contenu) in &self.textes {
            let empreinte = Valeur::Texte(empreinte.to_string());
            ajoute("textes", vec![texte(id), empreinte, texte(contenu)]);
        }
        let Projection {
            taches,
            echeances,
            parties,
            esms,
            ..
        } = &self.projection;
        range(id, taches, |ligne| ajoute("taches", ligne));
        range(id, echeances, |ligne| ajoute("echeances", ligne));
        range(id, parties, |ligne| ajoute("parties", ligne));
        range(id, esms, |ligne| ajoute("esms", ligne));
    }

    fn contrat(&self) -> Vec<Valeur> {
        let Self {
            id,
            tete,
            projection: p,
            ..
        } = self;
        vec![
            texte(id),
            nombre(tete.ordre),
            texte(&tete.empreinte),
            texte(&tete.instant),
            texte(&tete.vu),
            nombre(u64::from(p.ouvert)),
            texte(&p.titre),
            texte(&p.phase),
            texte(&p.echeance),
            texte(&p.recherche),
            texte(&p.resume),
        ]
    }
}

fn range<const C: usize, const V: usize>(
    id: &str,
    table: &BTreeMap<[String; C], [String; V]>,
    mut ajoute: impl FnMut(Vec<Valeur>),
) {
    for (cle, valeur) in table {
        let valeurs = cle.iter().chain(valeur).map(|v| texte(v));
        ajoute(std::iter::once(texte(id)).chain(valeurs).collect());
    }
}

fn journal(ligne: &Scellee) -> Vec<Valeur> {
    let charge = match &ligne.charge {
        Charge::Claire(charge) => charge.as_str(),
        Charge::Caviardee(_) => "",
    };
    vec![
        texte(&ligne.contrat),
        nombre(ligne.ordre),
        texte(&ligne.flux),
        nombre(ligne.rang),
        Valeur::Texte(instant(ligne.enregistre)),
        Valeur::Texte(ligne.effet.to_string()),
        texte(&ligne.genre),
        nombre(u64::from(ligne.version)),
        texte(&ligne.auteur),
        texte(&ligne.prive),
        texte(charge),
        Valeur::Texte(ligne.empreinte.to_string()),
    ]
}
