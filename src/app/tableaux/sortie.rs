//! The full export of a database, its way out: one archive that holds a backup, which restores,
//! and every table, which reads without Entente.

use super::formes::TABLEAUX;
use super::lecture::Lecteur;
use super::{Plan, Refus, Regard};
use crate::app::execute::Entente;
use crate::app::sauvegarde::{self, Bilan};
use crate::echanges::tableaux::{Tableau, csv, json};
use crate::regles::calendrier::{civil_date, en_lettres};
use crate::store::sauvegarde::Fichier;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What an archive holds.
#[derive(Debug, Clone, Serialize)]
pub struct Sorti {
    pub flux: u64,
    pub evenements: u64,
    pub fichiers: Vec<Entree>,
}

/// A file of an archive.
#[derive(Debug, Clone, Serialize)]
pub struct Entree {
    pub nom: String,
    pub octets: u64,
    /// SHA-256.
    pub empreinte: String,
}

const SAUVEGARDE: &str = "sauvegarde.entente";
const EMPREINTES: &str = "SHA256SUMS";
const NOTICE: &str = "README.txt";
/// How an archive begins.
const ARCHIVE: &[u8] = b"PK";
/// A backup packs to a tenth of its size; past this, an archive was made to fill the disk.
const DEPLI_MAX: u64 = 200;
/// Whatever the archive's size.
const DEPLI_MIN: u64 = 16 << 20;

impl Entente {
    /// Writes the full export into one new file, as the database stands at one moment.
    ///
    /// # Errors
    /// One French sentence: the file exists, cannot be written, or what the database holds is
    /// damaged; nothing is left then.
    pub async fn sortir(&self, fichier: &Path, maintenant: DateTime<Utc>) -> Result<Sorti, String> {
        if fichier.symlink_metadata().is_ok() {
            return Err(sauvegarde::existe(fichier));
        }
        let archive = Provisoire::neuf(sauvegarde::partiel(fichier));
        let copie = Provisoire::neuf(sauvegarde::partiel(&fichier.with_extension("sauvegarde")));
        let bilan = self.vers(copie.chemin()).await?;
        let fichiers = self.archive(archive.chemin(), copie.chemin(), maintenant);
        let fichiers = fichiers.await.map_err(|faute| faute.phrase(fichier))?;
        sauvegarde::pose(archive.chemin(), fichier)?;
        let Bilan { flux, evenements } = bilan;
        Ok(Sorti {
            flux,
            evenements,
            fichiers,
        })
    }

    /// The tables are read from the backup itself: both tell the same moment.
    async fn archive(
        &self,
        chemin: &Path,
        copie: &Path,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Entree>, Faute> {
        let mut archive = Archive {
            zip: ZipWriter::new(File::create_new(chemin)?),
            entrees: Vec::new(),
        };
        archive.entree(NOTICE, &mut notice(maintenant).as_bytes())?;
        archive.entree(SAUVEGARDE, &mut File::open(copie)?)?;
        let lue = Fichier::lit(copie).await.map_err(Refus::Base)?;
        let Some(mut lue) = lue else {
            return Err(Faute::Disque(io::ErrorKind::InvalidData.into()));
        };
        let regard = Regard::Partage;
        for plan in TABLEAUX {
            let mut lecteur = Lecteur::nouveau(self, lue.conn(), &regard, maintenant);
            archive.csv(&mut lecteur, plan).await?;
            archive.json(&mut lecteur, plan).await?;
        }
        lue.ferme().await.map_err(Refus::Base)?;
        archive.clot()
    }
}

/// An archive being written, and what it holds so far.
struct Archive {
    zip: ZipWriter<File>,
    entrees: Vec<Entree>,
}

/// An entry being written, and its digest so far.
struct Plume<'z> {
    zip: &'z mut ZipWriter<File>,
    hacheur: Sha256,
    octets: u64,
}

impl Write for Plume<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let ecrits = self.zip.write(octets)?;
        self.hacheur
            .update(octets.get(..ecrits).unwrap_or_default());
        self.octets += ecrits as u64;
        Ok(ecrits)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

impl Archive {
    fn commence(&mut self, nom: &str) -> ZipResult<Plume<'_>> {
        // A backup may pass four gibibytes.
        let options = SimpleFileOptions::default().large_file(true);
        self.zip.start_file(nom, options)?;
        Ok(Plume {
            zip: &mut self.zip,
            hacheur: Sha256::new(),
            octets: 0,
        })
    }

    fn entree(&mut self, nom: &str, contenu: &mut impl Read) -> Result<(), Faute> {
        let mut plume = self.commence(nom)?;
        io::copy(contenu, &mut plume)?;
        let entree = plume.finie(nom);
        self.entrees.push(entree);
        Ok(())
    }

    async fn csv(&mut self, lecteur: &mut Lecteur<'_>, plan: &Plan) -> Result<(), Faute> {
        let nom = format!("tableaux/{}.csv", plan.forme.nom);
        let mut plume = self.commence(&nom)?;
        // With its mark: these files are opened in spreadsheets years later.
        let vide = Tableau::nouveau(plan.forme);
        plume.write_all(csv(&vide, true).as_bytes())?;
        let ecrit = |partie: &Tableau, _| csv::lignes(partie);
        verse(lecteur, plan, &mut plume, ecrit).await?;
        let entree = plume.finie(&nom);
        self.entrees.push(entree);
        Ok(())
    }

    async fn json(&mut self, lecteur: &mut Lecteur<'_>, plan: &Plan) -> Result<(), Faute> {
        let nom = format!("tableaux/{}.json", plan.forme.nom);
        let mut plume = self.commence(&nom)?;
        let vide = Tableau::nouveau(plan.forme);
        plume.write_all(json::debut(&vide).as_bytes())?;
        verse(lecteur, plan, &mut plume, json::lignes).await?;
        plume.write_all(json::fin().as_bytes())?;
        let entree = plume.finie(&nom);
        self.entrees.push(entree);
        Ok(())
    }

    /// Ends by the digests, in the form that `sha256sum -c` reads.
    fn clot(mut self) -> Result<Vec<Entree>, Faute> {
        let mut empreintes = String::new();
        for entree in &self.entrees {
            // Writing to a String cannot fail.
            let _ = writeln!(empreintes, "{}  {}", entree.empreinte, entree.nom);
        }
        self.entree(EMPREINTES, &mut empreintes.as_bytes())?;
        self.zip.finish()?.sync_all()?;
        Ok(self.entrees)
    }
}

impl Plume<'_> {
    fn finie(self, nom: &str) -> Entree {
        Entree {
            nom: nom.to_owned(),
            octets: self.octets,
            empreinte: Digest(self.hacheur.finalize().into()).to_string(),
        }
    }
}

/// Writes a table part by part: all its lines need not be held at once. `ecrit`: a part, and
/// whether it holds the first lines.
async fn verse(
    lecteur: &mut Lecteur<'_>,
    plan: &Plan,
    plume: &mut Plume<'_>,
    ecrit: impl Fn(&Tableau, bool) -> String,
) -> Result<(), Faute> {
    let mut apres = String::new();
    let mut premieres = true;
    while let Some(ids) = lecteur.suivants(&mut apres).await.map_err(Refus::Base)? {
        for lot in ids.chunks(plan.source.par_lot()) {
            let mut partie = Tableau::nouveau(plan.forme);
            lecteur.verse(plan, lot, &mut partie).await?;
            plume.write_all(ecrit(&partie, premieres).as_bytes())?;
            premieres &= partie.lignes().is_empty();
        }
    }
    Ok(())
}

/// A file that goes away with whoever made it, unless it was given a name of its own.
#[derive(Debug)]
pub struct Provisoire(PathBuf);

impl Provisoire {
    /// At a path where what an earlier program left is of no use.
    fn neuf(chemin: PathBuf) -> Self {
        let _ = fs::remove_file(&chemin);
        Self(chemin)
    }

    pub fn chemin(&self) -> &Path {
        &self.0
    }
}

impl Drop for Provisoire {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The backup that an archive holds, unpacked beside it for a while; none when the file is not an
/// archive.
///
/// # Errors
/// One French sentence: the archive is damaged, holds no backup, or nothing can be written there.
pub fn sauvegarde_dans(fichier: &Path) -> Result<Option<Provisoire>, String> {
    extraite(fichier).map_err(|faute| match faute {
        Faute::Zip(ZipError::FileNotFound) => format!(
            "L'archive « {} » ne contient pas « {SAUVEGARDE} » et ses empreintes. Donnez le \
             fichier qu'« entente export tout » ou « entente sauvegarder » a écrit.",
            fichier.display()
        ),
        Faute::Zip(_) | Faute::Autre => format!(
            "La sauvegarde « {} » est abîmée : l'archive ne se lit pas en entier, ou l'empreinte \
             de « {SAUVEGARDE} » n'est pas celle qui a été écrite. Rien n'a été restauré ; \
             prenez-en une autre.",
            fichier.display()
        ),
        autre => autre.phrase(fichier),
    })
}

fn extraite(fichier: &Path) -> Result<Option<Provisoire>, Faute> {
    let mut debut = Vec::new();
    let mut lu = File::open(fichier)?;
    Read::by_ref(&mut lu).take(2).read_to_end(&mut debut)?;
    if debut != ARCHIVE {
        return Ok(None);
    }
    let permis = lu.metadata()?.len().saturating_mul(DEPLI_MAX) + DEPLI_MIN;
    let mut archive = ZipArchive::new(lu)?;
    let mut empreintes = String::new();
    let liste = archive.by_name(EMPREINTES)?;
    liste.take(DEPLI_MIN).read_to_string(&mut empreintes)?;
    let attendue = empreintes
        .lines()
        .filter_map(|ligne| ligne.split_once("  "));
    let attendue = attendue.filter(|(_, nom)| *nom == SAUVEGARDE);
    let attendue = attendue.map(|(empreinte, _)| empreinte).next();
    let provisoire = Provisoire::neuf(sauvegarde::partiel(fichier));
    let mut sortie = File::create_new(provisoire.chemin())?;
    let mut hacheur = Sha256::new();
    let mut contenu = archive.by_name(SAUVEGARDE)?.take(permis);
    let mut morceau = vec![0; 1 << 16];
    loop {
        // A reading fails when the archive is damaged, a writing when the disk is full.
        let lus = contenu.read(&mut morceau).map_err(|_| Faute::Autre)?;
        let octets = morceau.get(..lus).unwrap_or_default();
        if octets.is_empty() {
            break;
        }
        hacheur.update(octets);
        sortie.write_all(octets)?;
    }
    if attendue != Some(Digest(hacheur.finalize().into()).to_string().as_str()) {
        return Err(Faute::Autre);
    }
    Ok(Some(provisoire))
}

/// Why an archive is not written, or not read.
enum Faute {
    Disque(io::Error),
    Zip(ZipError),
    Refus(Refus),
    /// It is not what was written.
    Autre,
}

impl Faute {
    fn phrase(self, fichier: &Path) -> String {
        let chemin = fichier.display();
        match self {
            Self::Refus(refus) => refus.to_string(),
            Self::Disque(erreur) | Self::Zip(ZipError::Io(erreur)) => format!(
                "À côté de « {chemin} », un fichier ne peut pas être lu ou écrit ({erreur}). \
                 Vérifiez vos droits et la place libre, ou donnez un autre dossier."
            ),
            Self::Zip(erreur) => format!("L'archive « {chemin} » ne s'écrit pas ({erreur})."),
            Self::Autre => format!("L'archive « {chemin} » n'est pas celle qui a été écrite."),
        }
    }
}

impl From<io::Error> for Faute {
    fn from(erreur: io::Error) -> Self {
        Self::Disque(erreur)
    }
}

impl From<ZipError> for Faute {
    fn from(erreur: ZipError) -> Self {
        Self::Zip(erreur)
    }
}

impl From<Refus> for Faute {
    fn from(refus: Refus) -> Self {
        Self::Refus(refus)
    }
}

/// What the archive says of itself.
fn notice(maintenant: DateTime<Utc>) -> String {
    let mut texte = format!(
        "Export complet d'une base d'Entente, établi le {}.\n\n\
         Ce qu'il contient\n\n\
         {SAUVEGARDE}\n    Toute la base : journaux, textes, pièces, notes privées. Elle se \
         restaure dans une base\n    vide :\n    entente restaurer CETTE-ARCHIVE.zip --database \
         sqlite:neuve.db\n\n\
         tableaux/\n    Les mêmes contrats, lisibles sans Entente, chacun en csv (UTF-8, \
         points-virgules, virgule\n    décimale) et en json (montants en centimes, dates ISO \
         8601). Les notes privées n'y sont\n    pas. Dans un csv, un texte qu'un tableur prendrait \
         pour une formule commence par une\n    apostrophe.\n\n",
        en_lettres(civil_date(maintenant)),
    );
    for plan in TABLEAUX {
        // Writing to a String cannot fail.
        let _ = writeln!(
            texte,
            "    {:<12} une ligne par {}",
            plan.forme.nom, plan.ligne
        );
    }
    texte.push_str(
        "\nSHA256SUMS\n    L'empreinte de chaque fichier ; « sha256sum -c SHA256SUMS » les \
         vérifie.\n\n\
         Cette archive contient toutes les données de la base : gardez-la comme la base \
         elle-même.\n",
    );
    texte
}
