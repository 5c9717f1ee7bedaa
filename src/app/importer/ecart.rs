//! What remains to be written of a contract, given what is there; or what differs.

use super::Import;
use crate::app::contrat::{Commande, Contrat, Demande, Flux, RACINE, REPRIS, Reprise, acteur};
use crate::app::execute::Ordre;
use crate::echanges::classeur::Lieu;
use crate::echanges::contrats::{ContratLu, MoyenLu, ObjectifLu, Refuse};
use crate::metier::contrat::dossier::{Dossier, Ecriture};
use crate::metier::contrat::perimetre::{ESMS, Element, GESTIONNAIRE};
use crate::metier::contrat::saisie::Saisie;
use crate::regles::value::Value;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::Spot;
use chrono::NaiveDate;

/// What an import writes, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ecart {
    pub stade: Stade,
    pub etapes: Vec<Etape>,
}

/// A request, and the cell it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etape {
    pub ordre: Ordre,
    pub lieu: Lieu,
}

/// Where a contract taken over stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stade {
    /// Its perimeter is entered, until every party has confirmed the signed document.
    Perimetre,
    /// What the document says is entered, until every party has confirmed it.
    Contenu,
    /// It lives: an import has nothing to say any more.
    Vie,
}

impl Stade {
    pub fn de(flux: &Flux) -> Self {
        let configuration = &flux.configuration;
        if configuration.visits.contains_key(REPRIS) {
            return Self::Contenu;
        }
        let mut lieux = configuration.visits.keys();
        if configuration.ended.is_some() || lieux.any(|spot| *spot != Spot::root()) {
            return Self::Vie;
        }
        Self::Perimetre
    }
}

impl ContratLu {
    /// A refusal of the whole contract.
    pub(super) fn refuse(&self, lieu: Lieu, motif: String) -> Refuse {
        Refuse {
            lieu,
            reference: Some(self.reference.clone()),
            motif,
        }
    }
}

/// # Errors
/// What differs between the workbook and what is there.
pub fn ecart(
    lu: &ContratLu,
    import: &Import,
    contrat: Option<&Contrat<'_>>,
) -> Result<Ecart, Vec<Refuse>> {
    let mut compare = Comparaison {
        lu,
        import,
        etapes: Vec::new(),
        refuses: Vec::new(),
    };
    let flux = contrat.and_then(|c| c.flux(RACINE));
    let stade = flux.map_or(Stade::Perimetre, Stade::de);
    match flux {
        Some(flux) => compare.existant(&flux.dossier, stade),
        None => compare.nouveau(),
    }
    if compare.refuses.is_empty() {
        return Ok(Ecart {
            stade,
            etapes: compare.etapes,
        });
    }
    Err(compare.refuses)
}

struct Comparaison<'l> {
    lu: &'l ContratLu,
    import: &'l Import,
    etapes: Vec<Etape>,
    refuses: Vec<Refuse>,
}

impl Comparaison<'_> {
    fn differe(&mut self, lieu: &Lieu, quoi: &str) {
        let motif = format!(
            "{quoi} : Entente contient autre chose, et rien n'y est changé. Corrigez le classeur, \
             ou faites corriger Entente par les parties."
        );
        self.refuses.push(self.lu.refuse(lieu.clone(), motif));
    }

    /// `cle`: what makes the request's id; the same for the same line of the same contract.
    fn ecrit(&mut self, cle: &str, lieu: &Lieu, ecriture: Ecriture) {
        let demande = Demande::Ecriture {
            acteur: acteur(&self.import.partie, &self.import.personne, Role::Validation),
            id: format!("import-{cle}"),
            ecriture,
        };
        let flux = RACINE.to_owned();
        self.etapes.push(Etape {
            ordre: Ordre::Agir(Commande { flux, demande }),
            lieu: lieu.clone(),
        });
    }

    fn nouveau(&mut self) {
        let reprise = Reprise {
            workflow: self.lu.workflow.clone(),
            document: self.lu.document,
            signe_le: self.lu.signe_le,
        };
        self.etapes.push(Etape {
            ordre: Ordre::Reprendre {
                reprise,
                acteur: acteur(&self.import.partie, &self.import.personne, Role::Validation),
                id: "import-reprise".to_owned(),
            },
            lieu: self.lu.lieux.signe_le.clone(),
        });
        for esms in &self.lu.esms {
            self.entre(ESMS, &esms.cle, &esms.lieu, esms.element(self.lu));
        }
    }

    fn existant(&mut self, dossier: &Dossier, stade: Stade) {
        let lieux = &self.lu.lieux;
        let Some(reprise) = dossier.reprise() else {
            let motif = format!(
                "Le contrat « {} » est né dans Entente : il ne se reprend pas. Donnez une autre \
                 référence.",
                self.lu.reference
            );
            self.refuses
                .push(self.lu.refuse(lieux.reference.clone(), motif));
            return;
        };
        if dossier.workflow != self.lu.workflow {
            self.differe(&lieux.workflow, "Modèle du contrat");
        }
        if reprise.signe_le != self.lu.signe_le {
            self.differe(&lieux.signe_le, "Date de signature");
        }
        if reprise.document != self.lu.document {
            self.differe(&lieux.document, "Empreinte du document signé");
        }
        if stade == Stade::Vie {
            return;
        }
        self.perimetre(dossier);
        if stade == Stade::Contenu {
            self.contenu(dossier);
        }
    }

    fn perimetre(&mut self, dossier: &Dossier) {
        let connus = dossier.collections();
        for esms in &self.lu.esms {
            let element = esms.element(self.lu);
            match connus.element(ESMS, &esms.cle) {
                None => self.entre(ESMS, &esms.cle, &esms.lieu, element),
                Some(connu) if *connu == element => {}
                Some(_) => self.differe(&esms.lieu, &format!("ESMS {}", esms.cle)),
            }
        }
        let dits = |cle: &&String| !self.lu.esms.iter().any(|e| e.cle == **cle);
        let autres: Vec<&String> = connus.cles(ESMS).iter().filter(dits).collect();
        for autre in autres {
            let quoi = format!("ESMS {autre}, absent du classeur");
            self.differe(&self.lu.lieux.reference, &quoi);
        }
    }

    fn entre(&mut self, nature: &str, cle: &str, lieu: &Lieu, element: Element) {
        let ecriture = Ecriture::Entrer {
            cle: cle.to_owned(),
            element,
            effet: None,
        };
        self.ecrit(&format!("{nature}-{cle}"), lieu, ecriture);
    }

    /// What the signed document says.
    fn contenu(&mut self, dossier: &Dossier) {
        self.gestionnaire(dossier);
        for objectif in &self.lu.objectifs {
            self.objectif(dossier, objectif);
        }
        for moyen in &self.lu.moyens {
            self.moyen(dossier, moyen);
        }
        let lieux = &self.lu.lieux;
        if dossier
            .contenu("contrat", None)
            .and_then(|c| c.texte)
            .is_none()
        {
            let ecriture = Ecriture::Modifier {
                objet: "contrat".to_owned(),
                element: None,
                texte: texte(self.lu),
            };
            self.ecrit("texte", &lieux.document, ecriture);
        }
        self.date(dossier, "contrat.date_effet", &lieux.effet, self.lu.effet);
        self.date(dossier, "contrat.terme", &lieux.terme, self.lu.terme);
    }

    fn gestionnaire(&mut self, dossier: &Dossier) {
        let organisation = &self.lu.gestionnaire;
        let lieu = &self.lu.lieux.gestionnaire;
        match dossier.registre().organisation(GESTIONNAIRE) {
            None => {
                let saisie = Saisie::Organisation {
                    partie: GESTIONNAIRE.to_owned(),
                    organisation: organisation.clone(),
                };
                self.ecrit("gestionnaire", lieu, Ecriture::Saisir(saisie));
            }
            Some(connue) if connue.nom == organisation.nom && connue.ej == organisation.ej => {}
            Some(_) => self.differe(lieu, "Gestionnaire"),
        }
    }

    fn objectif(&mut self, dossier: &Dossier, lu: &ObjectifLu) {
        let code = &lu.code;
        match dossier.collections().element("objectifs", code) {
            None => self.entre("objectif", code, &lu.lieu, lu.element()),
            Some(connu) if *connu == lu.element() => {}
            Some(_) => self.differe(&lu.lieu, &format!("Objectif {code}")),
        }
        let Some(indicateur) = &lu.indicateur else {
            return;
        };
        match dossier.registre().indicateur(code) {
            None => {
                let saisie = Saisie::Indicateur {
                    objectif: code.clone(),
                    indicateur: indicateur.clone(),
                };
                self.ecrit(
                    &format!("indicateur-{code}"),
                    &lu.lieu,
                    Ecriture::Saisir(saisie),
                );
            }
            Some(connu) if connu == indicateur => {}
            Some(_) => self.differe(&lu.lieu, &format!("Indicateur de l'objectif {code}")),
        }
    }

    fn moyen(&mut self, dossier: &Dossier, lu: &MoyenLu) {
        let (financeur, ligne) = (&lu.financeur, &lu.ligne);
        let mut connus = dossier.registre().moyens(financeur);
        match connus.find(|(nom, _)| *nom == ligne) {
            None => {
                let saisie = Saisie::Moyen {
                    financeur: financeur.clone(),
                    ligne: ligne.clone(),
                    moyen: lu.moyen.clone(),
                };
                let cle = format!("moyen-{financeur}-{ligne}");
                self.ecrit(&cle, &lu.lieux.ligne, Ecriture::Saisir(saisie));
            }
            Some((_, connu)) if *connu == lu.moyen => {}
            Some(_) => {
                let quoi = format!("Ligne {ligne} des moyens de « {financeur} »");
                self.differe(&lu.lieux.ligne, &quoi);
            }
        }
    }

    fn date(&mut self, dossier: &Dossier, fait: &str, lieu: &Lieu, jour: NaiveDate) {
        let valeur = Value::Date(jour);
        match dossier.faits().get(&(fait.to_owned(), None)) {
            None => {
                let ecriture = Ecriture::Declarer {
                    fait: fait.to_owned(),
                    element: None,
                    valeur,
                    preuve: format!("Document signé, empreinte {}", self.lu.document),
                };
                self.ecrit(fait, lieu, ecriture);
            }
            Some(connu) if connu.valeur == valeur => {}
            Some(_) => self.differe(lieu, "Date déclarée"),
        }
    }
}

/// What stands for the text of a contract whose text was signed elsewhere.
fn texte(lu: &ContratLu) -> String {
    let jour = |date: NaiveDate| date.format("%d/%m/%Y");
    format!(
        "# Contrat repris\n\
         Le texte qui fait foi est le document signé le {}, d'empreinte SHA-256 {}.\n\
         Gestionnaire : {} (FINESS EJ {}).\n\
         Il prend effet le {} et prend fin le {}.\n",
        jour(lu.signe_le),
        lu.document,
        lu.gestionnaire.nom,
        lu.gestionnaire.ej.as_deref().unwrap_or_default(),
        jour(lu.effet),
        jour(lu.terme)
    )
}
