//! A writing as a party may send it: its form, made from its kind, and the request it makes.

use super::a_ecrire::d_un_esms;
use super::acte::{Demandeur, faute};
use super::actuelle::saisie_actuelle;
use super::champs::{Champ, Envoi, Erreur};
use super::genre::{Base, Genre};
use super::genres::genre;
use super::interruption;
use super::question::{Choisir, Question, Source, lit, part};
use crate::app::contrat::{Commande, Demande, RACINE};
use crate::app::demo::Mots;
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{self, ContratLu, Noms, Voix};
use crate::metier::contrat::dossier::{Ecriture, Registre, Sujet};
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::referentiels::indicateurs;
use crate::metier::trame::TRAMES;
use crate::workflow::catalogue::Kind;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::event::Actor;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// Which form: its kind, the stream, and what the address says it is about (a fact, an object, a
/// collection, an interruption).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cible {
    pub genre: String,
    pub flux: String,
    pub sujet: String,
    /// The item that the address chose beforehand; empty: none.
    pub pour: String,
}

/// The page of a writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EcritureVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    pub titre: String,
    /// The procedure it is written in; none: the contract itself.
    pub lieu: Option<String>,
    pub qui: Option<Voix>,
    /// Where it is sent.
    pub envoi: String,
    pub flux: String,
    pub sujet: String,
    /// The name under which the form says so; none: nothing to say.
    pub cle: Option<&'static str>,
    pub pour: String,
    /// What sending it does.
    pub effets: Vec<String>,
    /// The effects are to be confirmed before sending: whether they are.
    pub confirmation: Option<Confirmation>,
    /// The party can write it now.
    pub ouvert: bool,
    /// The form is shown: it is open, or something was typed already.
    pub montre: bool,
    pub champs: Vec<Champ>,
    /// What the button says.
    pub bouton: String,
    /// Made before sending: the same request is not done twice.
    pub id: String,
    pub erreurs: Vec<Erreur>,
}

/// Something that is done only once confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Confirmation {
    pub donnee: bool,
}

/// What is being written, and where.
pub(super) struct Ici<'a> {
    pub lu: &'a ContratLu,
    pub cible: &'a Cible,
    pub maintenant: DateTime<Utc>,
}

impl Cible {
    /// The name under which the address and the form say what it is about.
    pub fn cle(&self) -> Option<&'static str> {
        match genre(&self.genre) {
            Some(genre) => genre.fixe(),
            None => interruption::cle(&self.genre),
        }
    }
}

/// The form of a writing, for a party. None: there is no such writing.
pub fn formulaire_d_ecriture(
    lu: &ContratLu,
    cible: &Cible,
    (envoi, erreurs): (&Envoi, Vec<Erreur>),
    (maintenant, id): (DateTime<Utc>, String),
) -> Option<EcritureVue> {
    let ici = Ici {
        lu,
        cible,
        maintenant,
    };
    let mut vue = match genre(&cible.genre) {
        Some(genre) => ici.vue(genre, envoi)?,
        None => interruption::vue(&ici, envoi)?,
    };
    for champ in &mut vue.champs {
        let erreur = erreurs.iter().find(|e| e.champ == champ.nom);
        champ.erreur = erreur.map(|e| e.phrase.clone());
    }
    let mots = Mots {
        contrat: &lu.contrat,
    };
    vue.adresse = vues::adresse(&lu.identite.id);
    vue.envoi = format!("{}/ecrire/{}", vue.adresse, cible.genre);
    vue.contrat.clone_from(&lu.identite.titre);
    vue.lieu = mots.flux(&cible.flux).map(|l| typographie(&l));
    vue.qui = Some(Noms(&lu.identite.parties).voix(&lu.place.partie));
    vue.flux.clone_from(&cible.flux);
    vue.sujet.clone_from(&cible.sujet);
    vue.cle = cible.cle();
    vue.pour.clone_from(&cible.pour);
    vue.montre = vue.ouvert || !envoi.is_empty();
    Some(EcritureVue { id, erreurs, ..vue })
}

/// Who may write something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requis {
    /// The lowest function that may.
    pub role: Role,
    /// The function by which a circuit of visas covers it: an interruption weighs as a signature.
    pub pese: Role,
    /// It is about one establishment: those who answer for that one may.
    pub d_un_esms: bool,
}

/// Who may write this. None: there is no such writing.
pub fn requis_d_ecriture(lu: &ContratLu, cible: &Cible) -> Option<Requis> {
    let maintenant = DateTime::default();
    let ici = Ici {
        lu,
        cible,
        maintenant,
    };
    lu.contrat.flux(&cible.flux)?;
    match genre(&cible.genre) {
        Some(genre) => ici.sujet(genre).map(|sujet| Requis {
            role: genre.role,
            pese: genre.role,
            d_un_esms: d_un_esms(&sujet),
        }),
        None => interruption::existe(&ici).then_some(Requis {
            role: Role::Contribution,
            pese: Role::Signature,
            d_un_esms: false,
        }),
    }
}

/// The request that a form sends. Whether the person may is judged before.
///
/// # Errors
/// Fields that do not read, each with its sentence.
pub fn commande_d_ecriture(
    lu: &ContratLu,
    demandeur: &Demandeur<'_>,
    cible: &Cible,
    envoi: &Envoi,
    maintenant: DateTime<Utc>,
) -> Result<Commande, Vec<Erreur>> {
    let ici = Ici {
        lu,
        cible,
        maintenant,
    };
    let acteur = |role| Actor {
        party: demandeur.partie.to_owned(),
        person: demandeur.personne.to_owned(),
        role: demandeur.role.unwrap_or(role),
        delegation: None,
    };
    let id = envoi.get("id").and_then(|v| v.first());
    let id = id.cloned().unwrap_or_default();
    let demande = if let Some(genre) = genre(&cible.genre) {
        Demande::Ecriture {
            acteur: acteur(genre.role),
            id,
            ecriture: ici.ecriture(genre, envoi)?,
        }
    } else {
        let acteur = acteur(Role::Contribution);
        Demande::Acte(interruption::commande(&ici, (acteur, id), envoi)?)
    };
    let flux = cible.flux.clone();
    Ok(Commande { flux, demande })
}

impl Ici<'_> {
    /// What it is about, when there is such a thing.
    fn sujet(&self, genre: &Genre) -> Option<Sujet> {
        let sujet = self.cible.sujet.as_str();
        match genre.base {
            Base::Fait => {
                let fait = CATALOGUE.fact(sujet)?;
                Some(Sujet::Fait(fait.name))
            }
            Base::Texte => Some(Sujet::Texte(CATALOGUE.object(sujet)?.name)),
            Base::Position => Some(Sujet::Position(CATALOGUE.object(sujet)?.name)),
            Base::Sortie => Some(Sujet::Sortie(CATALOGUE.collection(sujet)?.name)),
            Base::Entree(_, collection) => Some(Sujet::Entree(collection)),
            Base::Saisie(nom) => Some(Sujet::Saisie(nom)),
        }
    }

    fn vue(&self, genre: &Genre, envoi: &Envoi) -> Option<EcritureVue> {
        let sujet = self.sujet(genre)?;
        let lu = self.lu;
        lu.contrat.flux(&self.cible.flux)?;
        let (flux, partie) = (&self.cible.flux, &lu.place.partie);
        let ouvertures = lu.contrat.ouvertures(flux, partie, self.maintenant);
        let envoi = &self.choisi(genre, envoi);
        let actuel = self.actuel(genre, envoi);
        let questions = self.questions(genre);
        Some(EcritureVue {
            titre: titre(genre, &sujet),
            effets: vec![typographie(genre.aide)],
            ouvert: ouvertures.iter().any(|o| o.sujet == sujet),
            champs: questions
                .iter()
                .map(|q| q.champ(self, part(&actuel, q.nom), envoi))
                .collect(),
            bouton: "Enregistrer".to_owned(),
            ..EcritureVue::default()
        })
    }

    /// What was typed, with the item that the address chose.
    fn choisi(&self, genre: &Genre, envoi: &Envoi) -> Envoi {
        let mut envoi = envoi.clone();
        if !self.cible.pour.is_empty() {
            let element = envoi.entry(genre.element().to_owned());
            element.or_insert_with(|| vec![self.cible.pour.clone()]);
        }
        envoi
    }

    /// The item is not asked of what has none.
    fn questions(&self, genre: &Genre) -> Vec<Question> {
        let questions = genre.questions.iter();
        let posees =
            questions.filter(|q| q.sorte.source() != Some(Source::DuSujet) || self.a_elements());
        posees.copied().collect()
    }

    fn a_elements(&self) -> bool {
        self.collection().is_some()
    }

    /// The collection of the fact or of the object.
    fn collection(&self) -> Option<&'static str> {
        let sujet = self.cible.sujet.as_str();
        match genre(&self.cible.genre)?.base {
            Base::Fait => CATALOGUE.fact(sujet)?.of,
            Base::Texte | Base::Position => CATALOGUE.object(sujet)?.of,
            _ => None,
        }
    }

    fn ecriture(&self, genre: &Genre, envoi: &Envoi) -> Result<Ecriture, Vec<Erreur>> {
        let sujet = self.cible.sujet.as_str();
        let base = match genre.base {
            Base::Fait => json!({ "ecriture": "declarer", "fait": sujet }),
            Base::Texte => json!({ "ecriture": "modifier", "objet": sujet }),
            Base::Position => json!({ "ecriture": "position", "objet": sujet }),
            Base::Entree(nature, _) => {
                json!({ "ecriture": "entrer", "element": { "nature": nature } })
            }
            Base::Sortie => json!({ "ecriture": "sortir", "collection": sujet }),
            Base::Saisie(quoi) => json!({ "ecriture": "saisir", "quoi": quoi }),
        };
        let ecrit = lit(&self.questions(genre), base, self, envoi)?;
        let lue = serde_json::from_value(ecrit);
        lue.map_err(|e| {
            let phrase = format!("Cette saisie ne se lit pas ({e}). Vérifiez chaque champ.");
            vec![faute("", &phrase)]
        })
    }

    /// What stands already of what is chosen, so that it is corrected rather than typed again.
    fn actuel(&self, genre: &Genre, envoi: &Envoi) -> Json {
        let un = |nom: &str| {
            let valeurs = envoi.get(nom).and_then(|v| v.first());
            valeurs.map_or("", |v| v.trim())
        };
        let Some(flux) = self.lu.contrat.flux(&self.cible.flux) else {
            return Json::Null;
        };
        // Of what someone of some establishments does not see, nothing is taken up, whatever an
        // address or a form asks.
        let de = un(genre.element());
        if self.lu.place.esms.is_some() && (de.is_empty() || !self.lu.place.voit(de)) {
            return Json::Null;
        }
        let element = Some(un("element")).filter(|e| !e.is_empty());
        match genre.base {
            Base::Texte => {
                let contenu = flux.dossier.contenu(&self.cible.sujet, element);
                let texte = contenu.and_then(|c| self.lu.contrat.texte(c.texte?));
                json!({ "texte": texte })
            }
            Base::Position => {
                let contenu = flux.dossier.contenu(&self.cible.sujet, element);
                let positions = contenu.and_then(|c| c.positions.get(un("constat")));
                let prise = positions.and_then(|p| p.get(&self.lu.place.partie));
                prise.map_or(Json::Null, |p| json!({ "avis": p.avis, "texte": p.texte }))
            }
            Base::Saisie(quoi) => {
                let lue = saisie_actuelle(flux.dossier.registre(), quoi, &self.lu.place.partie, un);
                lue.and_then(|s| serde_json::to_value(s).ok())
                    .unwrap_or_default()
            }
            Base::Fait | Base::Entree(..) | Base::Sortie => Json::Null,
        }
    }
}

/// What one does: of a fact, an object or a collection, its own title.
pub(super) fn titre(genre: &Genre, sujet: &Sujet) -> String {
    let propre = match sujet {
        Sujet::Fait(nom) => CATALOGUE.fact(nom).map(|f| format!(" : {}", f.title)),
        Sujet::Texte(nom) => CATALOGUE.object(nom).map(|o| format!(" {}", o.title)),
        Sujet::Sortie(nom) => CATALOGUE.collection(nom).map(|c| format!(" : {}", c.title)),
        Sujet::Position(_) | Sujet::Entree(_) | Sujet::Saisie(_) => None,
    };
    majuscule(&typographie(&format!(
        "{}{}",
        genre.titre,
        propre.unwrap_or_default()
    )))
}

impl Choisir for Ici<'_> {
    fn choix(&self, source: Source) -> Vec<(String, String)> {
        match source {
            Source::Collection(collection) => self.elements(collection),
            Source::DuSujet => self
                .collection()
                .map_or_else(Vec::new, |c| self.elements(c)),
            Source::LaCollection => self.elements(&self.cible.sujet),
            Source::Constats => self.constats(),
            Source::Themes => self.themes(),
            Source::Trames => {
                let trames = TRAMES.iter();
                trames.map(|t| (t.code.clone(), t.titre.clone())).collect()
            }
            Source::Indicateurs => {
                let tous = indicateurs::tous().iter();
                tous.map(|i| (i.code.to_owned(), format!("{} {}", i.code, i.libelle)))
                    .collect()
            }
            Source::Lignes => {
                let annexes = self.registre().into_iter().flat_map(Registre::annexes);
                annexes
                    .map(|(_, ligne, _)| (ligne.clone(), ligne.clone()))
                    .collect()
            }
            Source::Mesures => {
                let mesure = |cle: &str| self.registre()?.indicateur(cle);
                let objectifs = self.elements("objectifs").into_iter();
                objectifs.filter(|(cle, _)| mesure(cle).is_some()).collect()
            }
        }
    }

    fn genre(&self) -> Kind {
        CATALOGUE
            .fact(&self.cible.sujet)
            .map_or(Kind::Text, |f| f.kind)
    }
}

impl Ici<'_> {
    /// The contract's own, where findings and annexes stand.
    fn registre(&self) -> Option<&Registre> {
        Some(self.lu.contrat.flux(RACINE)?.dossier.registre())
    }

    fn elements(&self, collection: &str) -> Vec<(String, String)> {
        let noms = Noms(&self.lu.identite.parties);
        let mots = Mots {
            contrat: &self.lu.contrat,
        };
        let partis = CATALOGUE.collection(collection).is_some_and(|c| c.parties);
        let cles = self
            .lu
            .contrat
            .elements(&self.cible.flux, collection)
            .into_iter();
        let vus = cles.filter(|cle| collection != "esms" || self.lu.place.voit(cle));
        vus.map(|cle| {
            let nom = if partis {
                noms.nom(&cle)
            } else {
                mots.element(&self.cible.flux, &cle)
            };
            let nom = if collection == "esms" {
                format!("{nom} ({cle})")
            } else {
                nom
            };
            (cle, nom)
        })
        .collect()
    }

    fn themes(&self) -> Vec<(String, String)> {
        let trame = self.registre().and_then(Registre::trame);
        let themes = trame.into_iter().flat_map(|trame| &trame.themes);
        themes
            .map(|t| (t.code.clone(), format!("{} {}", t.code, t.titre)))
            .collect()
    }

    fn constats(&self) -> Vec<(String, String)> {
        let Some(registre) = self.registre() else {
            return Vec::new();
        };
        let esms = self.elements("esms").into_iter();
        let dits = esms.flat_map(|(cle, _)| {
            let constats = registre.constats(&cle);
            let dits = constats.map(|(code, c)| (code.clone(), format!("{code} {}", c.texte)));
            dits.collect::<Vec<_>>()
        });
        let uniques: std::collections::BTreeMap<String, String> = dits.collect();
        uniques.into_iter().collect()
    }
}
