//! The pages of whoever administers an organisation: its people, its named scopes, the register of
//! its accesses, its sheet.

use super::compte::{ChoixVue, FonctionVue, fonction, portee_dite};
use super::francais::{instant, jour, majuscule};
use crate::app::comptes::{
    Droit, Ensemble, Fonction, Genre, InvitationVue, Membre, Nature, Organisation, Portee,
};
use crate::regles::calendrier::civil_date;
use chrono::NaiveDate;
use serde::Serialize;

/// The people of an organisation, and those asked to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GensVue {
    pub adresse: String,
    pub organisation: String,
    pub membres: Vec<MembreVue>,
    pub invitations: Vec<AttenteVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MembreVue {
    pub id: String,
    pub adresse: String,
    pub nom: String,
    pub courriel: String,
    pub desactive: bool,
    pub connexion: Option<String>,
    pub fonctions: Vec<FonctionVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttenteVue {
    pub id: String,
    pub courriel: String,
    pub fonction: String,
    pub portee: String,
    pub jusqu_au: String,
}

/// The root of the pages of an organisation.
pub fn adresse(organisation: &str) -> String {
    format!("/administration/{organisation}")
}

pub fn gens(
    organisation: &Organisation,
    membres: &[Membre],
    invitations: &[InvitationVue],
    aujourdhui: NaiveDate,
) -> GensVue {
    let attente = |i: &InvitationVue| AttenteVue {
        id: i.id.clone(),
        courriel: i.courriel.clone(),
        fonction: majuscule(i.droit.fonction.mot()),
        portee: portee_dite(&i.droit.portee),
        jusqu_au: jour(civil_date(i.expire)),
    };
    GensVue {
        adresse: adresse(&organisation.id),
        organisation: organisation.nom.clone(),
        membres: membres
            .iter()
            .map(|m| membre(organisation, m, aujourdhui))
            .collect(),
        invitations: invitations.iter().map(attente).collect(),
    }
}

fn membre(organisation: &Organisation, lu: &Membre, aujourdhui: NaiveDate) -> MembreVue {
    MembreVue {
        adresse: format!("{}/personnes/{}", adresse(&organisation.id), lu.personne.id),
        id: lu.personne.id.clone(),
        nom: lu.personne.nom.clone(),
        courriel: lu.personne.courriel.clone(),
        desactive: lu.desactive,
        connexion: lu.connexion.map(instant),
        fonctions: lu.droits.iter().map(|d| fonction(d, aujourdhui)).collect(),
    }
}

/// Someone, and the form of one of their functions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnMembreVue {
    pub adresse: String,
    pub organisation: String,
    pub membre: MembreVue,
    pub droit: DroitSaisiVue,
    /// Their own account.
    pub soi: bool,
}

pub fn un_membre(
    organisation: &Organisation,
    lu: &Membre,
    (droit, soi): (DroitSaisiVue, bool),
    aujourdhui: NaiveDate,
) -> UnMembreVue {
    UnMembreVue {
        adresse: adresse(&organisation.id),
        organisation: organisation.nom.clone(),
        membre: membre(organisation, lu, aujourdhui),
        droit,
        soi,
    }
}

/// An invitation to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InviterVue {
    pub adresse: String,
    pub organisation: String,
    /// Made before sending.
    pub id: String,
    pub courriel: String,
    pub droit: DroitSaisiVue,
    /// The link goes by e-mail.
    pub envoie: bool,
}

/// What is typed of a right.
#[derive(Debug, Clone, Default)]
pub struct DroitSaisi {
    /// The right that it changes; empty: another.
    pub remplace: String,
    pub fonction: String,
    /// As a scope is kept; `esms`: those listed.
    pub portee: String,
    /// FINESS numbers.
    pub esms: String,
    pub du: String,
    pub au: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DroitSaisiVue {
    pub remplace: String,
    pub fonctions: Vec<ChoixVue>,
    pub portees: Vec<ChoixVue>,
    pub esms: String,
    pub du: String,
    pub au: String,
}

/// The word of a scope that lists establishments.
const ESMS: &str = "esms";

impl DroitSaisi {
    /// As a right that is there would be typed.
    pub fn de(id: &str, droit: &Droit) -> Self {
        let jour = |j: Option<NaiveDate>| j.map_or_else(String::new, |j| j.to_string());
        let (portee, esms) = match &droit.portee {
            Portee::Esms(finess) => {
                let numeros: Vec<&str> = finess.iter().map(String::as_str).collect();
                (ESMS.to_owned(), numeros.join("\n"))
            }
            autre => (autre.texte(), String::new()),
        };
        Self {
            remplace: id.to_owned(),
            fonction: droit.fonction.mot().to_owned(),
            portee,
            esms,
            du: jour(droit.du),
            au: jour(droit.au),
        }
    }

    /// The right in an organisation.
    ///
    /// # Errors
    /// Which field does not read, and what was expected.
    pub fn lu(&self, organisation: &Organisation) -> Result<Droit, (&'static str, &'static str)> {
        let fonction = Fonction::lit(&self.fonction);
        let fonction = fonction.ok_or(("fonction", "Choisissez une fonction."))?;
        let portee = if self.portee == ESMS {
            let numeros = self.esms.split([',', ';', '\n']).map(str::trim);
            let numeros = numeros.filter(|n| !n.is_empty()).map(str::to_owned);
            Some(Portee::Esms(numeros.collect()))
        } else {
            Portee::lit(&self.portee)
        };
        let jour = |texte: &str, champ| match texte.trim() {
            "" => Ok(None),
            texte => match texte.parse() {
                Ok(jour) => Ok(Some(jour)),
                Err(_) => Err((champ, "Une date était attendue. Corrigez-la ou effacez-la.")),
            },
        };
        Ok(Droit {
            organisation: organisation.clone(),
            fonction,
            portee: portee.ok_or(("portee", "Choisissez une portée."))?,
            du: jour(&self.du, "du")?,
            au: jour(&self.au, "au")?,
        })
    }

    /// The form, with the scopes that the organisation names.
    pub fn vue(&self, ensembles: &[Ensemble]) -> DroitSaisiVue {
        let fonctions = Fonction::TOUTES.into_iter();
        let fonctions =
            fonctions.map(|f| ChoixVue::nouveau(f.mot(), &majuscule(f.mot()), &self.fonction));
        let mut portees = vec![
            ChoixVue::nouveau("tout", "Toute l’organisation", &self.portee),
            ChoixVue::nouveau(ESMS, "Les ESMS listés ci-dessous", &self.portee),
        ];
        let mut nommees: Vec<Portee> = ensembles.iter().map(Ensemble::portee).collect();
        // A name that is kept no more stays as it is, until it is changed.
        let sienne = Portee::lit(&self.portee).filter(|p| p.nommee().is_some());
        nommees.extend(sienne.filter(|p| !nommees.contains(p)));
        for portee in &nommees {
            let titre = majuscule(&portee_dite(portee));
            portees.push(ChoixVue::nouveau(&portee.texte(), &titre, &self.portee));
        }
        DroitSaisiVue {
            remplace: self.remplace.clone(),
            fonctions: fonctions.collect(),
            portees,
            esms: self.esms.clone(),
            du: self.du.clone(),
            au: self.au.clone(),
        }
    }
}

/// The named scopes of an organisation, and the form of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnsemblesVue {
    pub adresse: String,
    pub organisation: String,
    pub ensembles: Vec<EnsembleVue>,
    pub genres: Vec<ChoixVue>,
    pub nom: String,
    pub membres: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnsembleVue {
    pub genre: &'static str,
    pub titre: String,
    pub nom: String,
    pub membres: Vec<String>,
    /// Its members as they are typed.
    pub saisis: String,
    /// Who has it: « 3 fonctions ».
    pub porte: String,
}

/// What is typed of a named scope.
#[derive(Debug, Clone, Default)]
pub struct EnsembleSaisi<'a> {
    pub genre: &'a str,
    pub nom: &'a str,
    pub membres: &'a str,
}

impl EnsembleSaisi<'_> {
    /// None: its kind is not one.
    pub fn lu(&self, organisation: &str) -> Option<Ensemble> {
        let membres = self.membres.split([',', ';', '\n']).map(str::trim);
        let membres = membres.filter(|m| !m.is_empty()).map(str::to_owned);
        Some(Ensemble {
            organisation: organisation.to_owned(),
            genre: Genre::lit(self.genre)?,
            nom: self.nom.trim().to_owned(),
            membres: membres.collect(),
        })
    }
}

fn genre_dit(genre: Genre) -> &'static str {
    match genre {
        Genre::Pole => "Pôle",
        Genre::Delegation => "Délégation départementale",
        Genre::Service => "Service",
    }
}

pub fn ensembles(
    organisation: &Organisation,
    lus: &[Ensemble],
    membres: &[Membre],
    saisi: &EnsembleSaisi<'_>,
) -> EnsemblesVue {
    let droits = || membres.iter().flat_map(|m| &m.droits);
    let un = |e: &Ensemble| {
        let portee = e.portee();
        let membres: Vec<String> = e.membres.iter().cloned().collect();
        let porte = droits().filter(|d| d.droit.portee == portee).count();
        EnsembleVue {
            genre: e.genre.mot(),
            titre: genre_dit(e.genre).to_owned(),
            nom: e.nom.clone(),
            saisis: membres.join("\n"),
            membres,
            porte: super::francais::compte(porte as u64, "fonction", "fonctions"),
        }
    };
    let genre = |g: Genre| ChoixVue::nouveau(g.mot(), genre_dit(g), saisi.genre);
    EnsemblesVue {
        adresse: adresse(&organisation.id),
        organisation: organisation.nom.clone(),
        ensembles: lus.iter().map(un).collect(),
        genres: Genre::TOUS.into_iter().map(genre).collect(),
        nom: saisi.nom.to_owned(),
        membres: saisi.membres.to_owned(),
    }
}

/// What an organisation is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FicheVue {
    pub organisation: String,
    pub nature: &'static str,
    pub siren: Option<String>,
    pub ej: Option<String>,
    pub territoire: Option<String>,
}

pub fn fiche(organisation: &Organisation) -> FicheVue {
    FicheVue {
        organisation: organisation.nom.clone(),
        nature: match organisation.nature {
            Nature::Gestionnaire => "Gestionnaire",
            Nature::Ars => "Agence régionale de santé",
            Nature::Departement => "Conseil départemental",
            Nature::EtablissementSante => "Établissement de santé",
            Nature::Prefet => "Préfet",
            Nature::Autre => "Autre organisation",
        },
        siren: organisation.siren.clone(),
        ej: organisation.ej.clone(),
        territoire: organisation.territoire.clone(),
    }
}
