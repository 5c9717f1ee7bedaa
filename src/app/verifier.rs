//! Checks the whole journal: every chain, every head, every text.

use super::bordereau::Scelles;
use super::execute::Entente;
use crate::metier::chaine::{Scellee, Tetes, Verification};
use crate::store::controle::{self, Curseur};
use crate::store::{Conn, Erreur};
use crate::workflow::machine::digest::Digest;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was read, and what is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rapport {
    pub streams: u64,
    pub facts: u64,
    pub broken: Vec<Rupture>,
    /// What the daily bills say, when they were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bordereaux: Option<Scelles>,
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rupture {
    pub contrat: String,
    pub flux: String,
    /// The line's place in the contract; 0: the head itself.
    pub ordre: u64,
    pub quoi: String,
}

/// Lines read at once.
const PAGE: u64 = 5_000;
/// Texts read at once.
const TEXTES: u64 = 200;
/// The kinds of lines that speak of a text kept beside them.
const TEXTUELS: [&str; 2] = ["contenu_modifie", "avenant_applique"];
/// Breaks told; past it something larger is wrong.
const RUPTURES: usize = 1_000;

impl Entente {
    /// Checks every chain and every head. `partie`: on what that party may see only.
    ///
    /// # Errors
    /// The database does not answer. What does not read is told in the report.
    pub async fn verifier(&self, partie: Option<&str>) -> Result<Rapport, Erreur> {
        let mut instantane = self.base.instantane().await?;
        controler(&mut instantane.conn(), partie).await
    }
}

/// The same, on a connection.
///
/// # Errors
/// As [`Entente::verifier`].
pub(super) async fn controler(
    conn: &mut Conn<'_>,
    partie: Option<&str>,
) -> Result<Rapport, Erreur> {
    let mut controle = Controle {
        partie,
        rapport: Rapport::default(),
        verification: Verification::default(),
        contrat: None,
        tetes: BTreeMap::new(),
        cites: BTreeMap::new(),
    };
    match controle.tout(conn).await {
        Ok(()) => Ok(controle.rapport),
        Err(Erreur::Abime(quoi)) => {
            controle.rompt(String::new(), String::new(), 0, quoi);
            Ok(controle.rapport)
        }
        Err(erreur) => Err(erreur),
    }
}

struct Controle<'p> {
    partie: Option<&'p str>,
    rapport: Rapport,
    verification: Verification,
    contrat: Option<String>,
    /// What the lines of each contract reach.
    tetes: BTreeMap<String, (u64, Option<Digest>, Tetes)>,
    /// The texts that the lines of each contract speak of.
    cites: BTreeMap<String, BTreeSet<Digest>>,
}

impl Controle<'_> {
    async fn tout(&mut self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        for quoi in controle::fichier(conn).await? {
            self.rompt(
                String::new(),
                String::new(),
                0,
                format!("le fichier est abîmé : {quoi}"),
            );
        }
        let mut curseur = Curseur::default();
        while self.rapport.broken.len() < RUPTURES {
            match controle::lignes(conn, &curseur, PAGE).await {
                Ok(page) => {
                    let Some(derniere) = page.last() else {
                        break;
                    };
                    curseur.contrat.clone_from(&derniere.contrat);
                    curseur.ordre = derniere.ordre;
                    for ligne in page {
                        self.ligne(ligne);
                    }
                }
                Err(Erreur::Abime(_)) => {
                    if !self.une_a_une(conn, &mut curseur).await? {
                        break;
                    }
                }
                Err(erreur) => return Err(erreur),
            }
        }
        self.tourne();
        self.les_tetes(conn).await?;
        self.les_textes(conn).await
    }

    /// Goes on past a line that does not read. Answers whether there is more.
    async fn une_a_une(
        &mut self,
        conn: &mut Conn<'_>,
        curseur: &mut Curseur,
    ) -> Result<bool, Erreur> {
        loop {
            match controle::lignes(conn, curseur, 1).await {
                Ok(page) => {
                    let Some(ligne) = page.into_iter().next() else {
                        return Ok(false);
                    };
                    curseur.contrat.clone_from(&ligne.contrat);
                    curseur.ordre = ligne.ordre;
                    self.ligne(ligne);
                }
                Err(Erreur::Abime(quoi)) => {
                    let Some(suivant) = controle::prochaine(conn, curseur).await? else {
                        return Ok(false);
                    };
                    let (contrat, ordre) = (suivant.contrat.clone(), suivant.ordre);
                    self.rompt(contrat, String::new(), ordre, quoi);
                    *curseur = suivant;
                    return Ok(true);
                }
                Err(erreur) => return Err(erreur),
            }
        }
    }

    fn ligne(&mut self, ligne: Scellee) {
        if self.contrat.as_deref() != Some(&ligne.contrat) {
            self.tourne();
            self.verification = Verification::nouvelle(&ligne.contrat);
            self.contrat = Some(ligne.contrat.clone());
        }
        self.rapport.facts += 1;
        let ligne = match self.partie {
            Some(partie) => ligne.vue_par(partie),
            None => ligne,
        };
        if TEXTUELS.contains(&ligne.genre.as_str())
            && let Ok(lue) = ligne.ligne()
            && let Some(texte) = lue.evenement.texte()
        {
            let cites = self.cites.entry(ligne.contrat.clone()).or_default();
            cites.insert(texte);
        }
        if let Err(quoi) = self.verification.suivante(&ligne) {
            self.rompt(ligne.contrat, ligne.flux, ligne.ordre, quoi);
        }
    }

    /// The contract whose lines end here.
    fn tourne(&mut self) {
        if let Some(contrat) = self.contrat.take() {
            let verification = std::mem::take(&mut self.verification);
            let atteinte = (
                verification.ordre(),
                verification.derniere(),
                verification.tetes().clone(),
            );
            self.rapport.streams += atteinte.2.len() as u64;
            self.tetes.insert(contrat, atteinte);
        }
    }

    /// The heads kept aside must be those that the lines reach: a tail cut off is seen here.
    async fn les_tetes(&mut self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        let mut atteintes = std::mem::take(&mut self.tetes);
        let mut flux: BTreeMap<String, Tetes> = BTreeMap::new();
        for (contrat, nom, rang, empreinte) in controle::flux(conn).await? {
            let lue = empreinte.parse().ok();
            let Some(empreinte) = lue.filter(|lue: &Digest| lue.to_string() == empreinte) else {
                self.rompt(contrat, nom, 0, "la tête du flux ne se lit pas".to_owned());
                continue;
            };
            let tetes = flux.entry(contrat).or_default();
            tetes.insert(nom, (rang.cast_unsigned(), empreinte));
        }
        for (contrat, ordre, tete) in controle::tetes(conn).await? {
            let gardes = flux.remove(&contrat).unwrap_or_default();
            let Some((atteint, derniere, tetes)) = atteintes.remove(&contrat) else {
                self.rompt(
                    contrat,
                    String::new(),
                    0,
                    "toutes ses lignes manquent".to_owned(),
                );
                continue;
            };
            let ordre = ordre.cast_unsigned();
            if atteint != ordre {
                let quoi = format!("{ordre} lignes attendues, {atteint} trouvées");
                self.rompt(contrat.clone(), String::new(), 0, quoi);
            }
            if derniere.map(|e| e.to_string()).as_ref() != Some(&tete) {
                let quoi = "la tête gardée n'est pas celle des lignes".to_owned();
                self.rompt(contrat.clone(), String::new(), 0, quoi);
            }
            if gardes != tetes {
                let quoi = "les têtes gardées des flux ne sont pas celles des lignes".to_owned();
                self.rompt(contrat, String::new(), 0, quoi);
            }
        }
        for contrat in atteintes.into_keys().chain(flux.into_keys()) {
            self.rompt(
                contrat,
                String::new(),
                0,
                "le contrat n'est plus inscrit".to_owned(),
            );
        }
        Ok(())
    }

    /// A text is what its digest says, and each text that a line speaks of is there.
    async fn les_textes(&mut self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        let mut dernier = (String::new(), String::new());
        loop {
            let page = controle::textes(conn, &dernier, TEXTES).await?;
            let Some((contrat, empreinte, _)) = page.last() else {
                break;
            };
            dernier = (contrat.clone(), empreinte.clone());
            for (contrat, empreinte, texte) in page {
                let calculee = Digest::of(texte.as_bytes());
                if calculee.to_string() != empreinte {
                    let quoi = format!("le texte {empreinte} n'est pas celui qui a été écrit");
                    self.rompt(contrat, String::new(), 0, quoi);
                } else if let Some(cites) = self.cites.get_mut(&contrat) {
                    cites.remove(&calculee);
                }
            }
        }
        for (contrat, cites) in std::mem::take(&mut self.cites) {
            for empreinte in cites {
                let quoi = format!("le texte {empreinte} manque");
                self.rompt(contrat.clone(), String::new(), 0, quoi);
            }
        }
        Ok(())
    }

    fn rompt(&mut self, contrat: String, flux: String, ordre: u64, quoi: String) {
        if self.rapport.broken.len() < RUPTURES {
            self.rapport.broken.push(Rupture {
                contrat,
                flux,
                ordre,
                quoi,
            });
        }
    }
}
