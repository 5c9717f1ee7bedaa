//! What is said around a contract, as forms: a message, an opinion asked for, a meeting, its
//! minutes and decisions, a piece asked for, a private note.

use super::champs::{Champ, Choix, Envoi, Erreur, Forme, date};
use crate::app::contrat::RACINE;
use crate::app::vues::francais::typographie;
use crate::app::vues::{ContratLu, Noms};
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::echange::{AvisDemande, Cercle, Echange};
use crate::metier::contrat::perimetre::ESMS;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What a form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dire<'a> {
    /// Opens a thread.
    Fil,
    /// In a thread.
    Reponse(&'a str),
    Reunion,
    /// Of a meeting.
    CompteRendu(&'a str),
    Decision(&'a str),
    /// Of a decision.
    Tenue(&'a str),
    Piece,
    Note,
}

/// The longest text, in characters; and a title.
const TEXTE_MAX: usize = 20_000;
const TITRE_MAX: usize = 200;

/// A meeting's own words, in its one text: what it is about, when and where, its agenda.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TexteReunion {
    pub objet: String,
    pub ou: String,
    pub ordre: String,
}

impl TexteReunion {
    /// As it is kept.
    pub fn ecrit(&self) -> String {
        format!("{}\n{}\n{}", self.objet, self.ou, self.ordre)
    }

    pub fn lu(texte: &str) -> Self {
        let mut parts = texte.splitn(3, '\n').map(str::to_owned);
        Self {
            objet: parts.next().unwrap_or_default(),
            ou: parts.next().unwrap_or_default(),
            ordre: parts.next().unwrap_or_default(),
        }
    }
}

/// The subject of a thread, and its first message.
pub fn sujet(texte: &str) -> (&str, &str) {
    let (sujet, suite) = texte.split_once('\n').unwrap_or((texte, ""));
    (sujet, suite.trim_start())
}

/// Fields of a form, as they are read.
struct Lecteur<'e> {
    envoi: &'e Envoi,
    erreurs: Vec<Erreur>,
}

impl<'e> Lecteur<'e> {
    fn un(&self, nom: &str) -> &'e str {
        let valeurs = self.envoi.get(nom).and_then(|v| v.first());
        valeurs.map_or("", |v| v.trim())
    }

    fn refuse(&mut self, champ: &str, phrase: &str) {
        self.erreurs.push(Erreur {
            champ: champ.to_owned(),
            phrase: typographie(phrase),
        });
    }

    /// A text that must be there, within a length.
    fn texte(&mut self, nom: &str, titre: &str, max: usize) -> String {
        let lu = self.un(nom);
        if lu.is_empty() {
            self.refuse(nom, &format!("« {titre} » manque : écrivez quelques mots."));
        } else if lu.chars().count() > max {
            let trop = format!("« {titre} » : {max} caractères au plus. Abrégez ce texte.");
            self.refuse(nom, &trop);
        } else if max == TITRE_MAX && lu.contains('\n') {
            self.refuse(nom, &format!("« {titre} » tient sur une ligne."));
        }
        lu.to_owned()
    }

    fn date(&mut self, nom: &str, titre: &str) -> NaiveDate {
        let lue = self.un(nom);
        date(lue).unwrap_or_else(|| {
            let trouve = if lue.is_empty() { "rien" } else { lue };
            self.refuse(
                nom,
                &format!("« {titre} » attend un jour, par exemple 20/09/2026 ; trouvé : {trouve}."),
            );
            NaiveDate::default()
        })
    }

    /// One of a list.
    fn choix(&mut self, nom: &str, titre: &str) -> String {
        let lu = self.un(nom);
        if lu.is_empty() {
            self.refuse(
                nom,
                &format!("« {titre} » manque : choisissez une réponse."),
            );
        }
        lu.to_owned()
    }

    fn avis(&mut self) -> Option<AvisDemande> {
        let de: BTreeSet<String> = self
            .envoi
            .get("avis")
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if de.is_empty() {
            if !self.un("avant").is_empty() {
                self.refuse("avis", "Dites à qui l'avis est demandé, ou ôtez la date.");
            }
            return None;
        }
        let avant = self.date("avant", "Réponse attendue le");
        Some(AvisDemande { de, avant })
    }
}

/// Reads a form. `sel`: made before sending, with the id.
///
/// # Errors
/// What is wrong, field by field.
pub fn ecriture(
    lu: &ContratLu,
    quoi: Dire<'_>,
    envoi: &Envoi,
    sel: &str,
) -> Result<Ecriture, Vec<Erreur>> {
    let mut lecteur = Lecteur {
        envoi,
        erreurs: Vec::new(),
    };
    if quoi == Dire::Note {
        let note = Ecriture::Noter {
            texte: lecteur.texte("texte", "Votre note", TEXTE_MAX),
            sel: sel.to_owned(),
        };
        return lecteur.rend(note);
    }
    let autorites = quoi == Dire::Fil && lecteur.un("cercle") == "autorites";
    let (echange, texte) = match quoi {
        Dire::Fil => lecteur.fil(lu),
        Dire::Reponse(fil) => lecteur.reponse(fil),
        Dire::Piece => lecteur.piece(),
        autre => lecteur.reunion(autre),
    };
    lecteur.rend(Ecriture::Dire {
        echange,
        cercle: if autorites {
            Cercle::Autorites
        } else {
            Cercle::Parties
        },
        texte,
        sel: sel.to_owned(),
    })
}

impl Lecteur<'_> {
    fn fil(&mut self, lu: &ContratLu) -> (Echange, String) {
        let sujet = self.texte("sujet", "Sujet", TITRE_MAX);
        let texte = self.texte("texte", "Message", TEXTE_MAX);
        let esms = Some(self.un("esms")).filter(|e| !e.is_empty());
        if esms.is_none() && lu.place.esms.is_some() {
            self.refuse("esms", "Choisissez l'établissement dont vous parlez.");
        }
        if esms.is_some_and(|e| !lu.place.voit(e)) {
            self.refuse("esms", "Choisissez un établissement de la liste.");
        }
        let message = Echange::Message {
            fil: None,
            esms: esms.map(str::to_owned),
            avis: self.avis(),
        };
        (message, format!("{sujet}\n{texte}"))
    }

    fn reponse(&mut self, fil: &str) -> (Echange, String) {
        let texte = self.texte("texte", "Message", TEXTE_MAX);
        let message = Echange::Message {
            fil: Some(fil.to_owned()),
            esms: None,
            avis: self.avis(),
        };
        (message, texte)
    }

    fn piece(&mut self) -> (Echange, String) {
        let piece = self.texte("piece", "Pièce", TITRE_MAX);
        let demande = Echange::Piece {
            piece: piece.clone(),
            de: self.choix("de", "À qui"),
            avant: self.date("avant", "Avant le"),
        };
        let dit = self.un("texte");
        let texte = if dit.is_empty() {
            piece
        } else {
            dit.to_owned()
        };
        (demande, texte)
    }

    /// A meeting, and what is said of one.
    fn reunion(&mut self, quoi: Dire<'_>) -> (Echange, String) {
        match quoi {
            Dire::CompteRendu(reunion) => {
                let texte = self.texte("compte-rendu", "Compte rendu", TEXTE_MAX);
                let reunion = reunion.to_owned();
                (Echange::CompteRendu { reunion }, texte)
            }
            Dire::Decision(reunion) => {
                let texte = self.texte("decision", "Décision", TITRE_MAX);
                let decision = Echange::Decision {
                    reunion: Some(reunion.to_owned()),
                    qui: self.choix("qui", "Par qui"),
                    avant: self.date("avant", "Avant le"),
                };
                (decision, texte)
            }
            Dire::Tenue(decision) => {
                let texte = self.texte("preuve", "Ce qui a été fait", TEXTE_MAX);
                let decision = decision.to_owned();
                (Echange::Tenue { decision }, texte)
            }
            _ => {
                let le = self.date("le", "Jour");
                let texte = TexteReunion {
                    objet: self.texte("objet", "Objet", TITRE_MAX),
                    ou: self.texte("ou", "Heure et lieu", TITRE_MAX),
                    ordre: self.texte("ordre", "Ordre du jour", TEXTE_MAX),
                };
                (Echange::Reunion { le }, texte.ecrit())
            }
        }
    }
}

impl Lecteur<'_> {
    fn rend(self, ecriture: Ecriture) -> Result<Ecriture, Vec<Erreur>> {
        if self.erreurs.is_empty() {
            Ok(ecriture)
        } else {
            Err(self.erreurs)
        }
    }
}

/// What makes fields: the contract, what was typed, what was wrong in it.
struct Faiseur<'a> {
    lu: &'a ContratLu,
    envoi: &'a Envoi,
    erreurs: &'a [Erreur],
}

impl Faiseur<'_> {
    fn champ(&self, nom: &str, titre: &str, genre: &'static str) -> Champ {
        let tapee = self.envoi.get(nom).and_then(|v| v.first());
        let erreur = self.erreurs.iter().find(|e| e.champ == nom);
        Champ {
            nom: nom.to_owned(),
            titre: typographie(titre),
            obligatoire: true,
            valeur: tapee.cloned().unwrap_or_default(),
            genre,
            erreur: erreur.map(|e| e.phrase.clone()),
            ..Champ::default()
        }
    }

    fn zone(&self, nom: &str, titre: &str, aide: &str) -> Champ {
        Champ {
            forme: Forme::Zone,
            aide: Some(typographie(aide)).filter(|a| !a.is_empty()),
            ..self.champ(nom, titre, "text")
        }
    }

    fn choix(&self, nom: &str, titre: &str, options: Vec<(String, String)>) -> Champ {
        let prises = self.envoi.get(nom).map(Vec::as_slice).unwrap_or_default();
        let choix = |(rang, (valeur, titre)): (usize, (String, String))| Choix {
            id: format!("{nom}.{rang}"),
            pris: prises.contains(&valeur),
            titre: typographie(&titre),
            valeur,
        };
        Champ {
            forme: Forme::Une,
            options: options.into_iter().enumerate().map(choix).collect(),
            ..self.champ(nom, titre, "text")
        }
    }

    /// The parties, the reader's own left out or not.
    fn parties(&self, avec_soi: bool) -> Vec<(String, String)> {
        let noms = Noms(&self.lu.identite.parties);
        let racine = self.lu.contrat.flux(RACINE);
        let parties = racine.map(|r| r.dossier.suivi().parties.as_slice());
        let parties = parties.unwrap_or_default().iter();
        parties
            .filter(|p| avec_soi || **p != self.lu.place.partie)
            .map(|p| (p.clone(), noms.nom(p)))
            .collect()
    }

    fn avis(&self) -> [Champ; 2] {
        let avis = Champ {
            forme: Forme::Plusieurs,
            obligatoire: false,
            ..self.choix("avis", "Demander un avis à", self.parties(false))
        };
        let avant = Champ {
            obligatoire: false,
            aide: Some(typographie(
                "Si vous demandez un avis : le dernier jour pour répondre.",
            )),
            ..self.champ("avant", "Réponse attendue le", "date")
        };
        [avis, avant]
    }

    fn esms(&self) -> Option<Champ> {
        let racine = self.lu.contrat.flux(RACINE)?;
        let vus = racine.dossier.collections().elements(ESMS);
        let vus = vus.filter(|(finess, _)| self.lu.place.voit(finess));
        let vus: Vec<(String, String)> = vus
            .map(|(finess, e)| (finess.clone(), format!("{} ({finess})", e.nom())))
            .collect();
        let champ = Champ {
            obligatoire: self.lu.place.esms.is_some(),
            ..self.choix("esms", "Établissement concerné", vus)
        };
        Some(champ).filter(|c| !c.options.is_empty())
    }

    fn fil(&self) -> Vec<Champ> {
        let mut champs = vec![
            self.champ("sujet", "Sujet", "text"),
            self.zone("texte", "Message", "Ne nommez pas de personne accueillie."),
        ];
        champs.extend(self.esms());
        if !self.lu.contrat.cercle(&self.lu.place.partie).is_empty() {
            let seules = ("autorites".to_owned(), "Autorités seules".to_owned());
            champs.push(Champ {
                forme: Forme::Plusieurs,
                obligatoire: false,
                ..self.choix("cercle", "Qui peut lire", vec![seules])
            });
        }
        champs.extend(self.avis());
        champs
    }
}

/// The fields of a form, with what was typed and what was wrong in it.
pub fn champs(lu: &ContratLu, quoi: Dire<'_>, envoi: &Envoi, erreurs: &[Erreur]) -> Vec<Champ> {
    let f = Faiseur { lu, envoi, erreurs };
    match quoi {
        Dire::Fil => f.fil(),
        Dire::Reponse(_) => {
            let mut champs = vec![f.zone("texte", "Message", "")];
            champs.extend(f.avis());
            champs
        }
        Dire::Reunion => vec![
            f.champ("objet", "Objet", "text"),
            f.champ("le", "Jour", "date"),
            f.champ("ou", "Heure et lieu", "text"),
            f.zone(
                "ordre",
                "Ordre du jour",
                "Un point par ligne ; ce qui bloque y est déjà.",
            ),
        ],
        Dire::CompteRendu(_) => {
            let aide = "Réécrit, il prend la place du précédent, que le journal garde.";
            vec![f.zone("compte-rendu", "Compte rendu", aide)]
        }
        Dire::Decision(_) => vec![
            f.champ("decision", "Décision", "text"),
            f.choix("qui", "Par qui", f.parties(true)),
            f.champ("avant", "Avant le", "date"),
        ],
        Dire::Tenue(_) => vec![f.zone("preuve", "Ce qui a été fait", "")],
        Dire::Piece => vec![
            f.champ("piece", "Pièce", "text"),
            f.choix("de", "À qui", f.parties(false)),
            f.champ("avant", "Avant le", "date"),
            Champ {
                obligatoire: false,
                ..f.zone("texte", "Précision", "La forme attendue, l'usage.")
            },
        ],
        Dire::Note => vec![f.zone("texte", "Votre note", "")],
    }
}
