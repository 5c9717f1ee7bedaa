//! The statements that write what acts did, table by table.

/// Where a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ou {
    Journal,
    Textes,
    Notes,
    Flux,
    Contrats,
    Taches,
    Echeances,
    Parties,
    Esms,
    Demandes,
    Avis,
}

pub(super) const TABLES: [Ou; 11] = [
    Ou::Journal,
    Ou::Textes,
    Ou::Notes,
    Ou::Taches,
    Ou::Echeances,
    Ou::Parties,
    Ou::Esms,
    Ou::Flux,
    Ou::Contrats,
    Ou::Demandes,
    Ou::Avis,
];

impl Ou {
    /// The insertion, its rows left out, and what is done of a row that is there.
    pub(super) fn pose(self) -> (&'static str, &'static str) {
        match self {
            Self::Journal => (
                "insert into journal (contrat, ordre, flux, rang, enregistre, effet, genre, \
                 version, auteur, prive, charge, empreinte) ",
                "",
            ),
            Self::Textes => (
                "insert into textes (contrat, empreinte, texte) ",
                " on conflict (contrat, empreinte) do nothing",
            ),
            Self::Notes => (
                "insert into notes (contrat, engagement, partie, sel, texte) ",
                " on conflict (contrat, engagement) do nothing",
            ),
            Self::Flux => (
                "insert into flux (contrat, flux, workflow, rang, empreinte) ",
                " on conflict (contrat, flux) do update set rang = excluded.rang, \
                 empreinte = excluded.empreinte",
            ),
            Self::Contrats => (
                "insert into contrats (id, ordre, tete, instant, vu, ouvert, titre, phase, \
                 echeance, plume, terme, recherche, resume) ",
                " on conflict (id) do update set ordre = excluded.ordre, tete = excluded.tete, \
                 instant = excluded.instant, vu = excluded.vu, ouvert = excluded.ouvert, \
                 titre = excluded.titre, phase = excluded.phase, echeance = excluded.echeance, \
                 plume = excluded.plume, terme = excluded.terme, \
                 recherche = excluded.recherche, resume = excluded.resume",
            ),
            Self::Taches => (
                "insert into taches (contrat, flux, lieu, acte, partie, titre, manque, attendu) ",
                " on conflict (contrat, flux, lieu, acte, partie) \
                 do update set titre = excluded.titre, manque = excluded.manque, \
                 attendu = excluded.attendu",
            ),
            Self::Echeances => (
                "insert into echeances (contrat, flux, lieu, nom, jour, effet) ",
                " on conflict (contrat, flux, lieu, nom) \
                 do update set jour = excluded.jour, effet = excluded.effet",
            ),
            Self::Parties => (
                "insert into parties (contrat, partie, nom, siren, ej, recherche) ",
                " on conflict (contrat, partie) do update set nom = excluded.nom, \
                 siren = excluded.siren, ej = excluded.ej, recherche = excluded.recherche",
            ),
            Self::Esms => (
                "insert into esms (contrat, finess, nom, phase, recherche) ",
                " on conflict (contrat, finess) \
                 do update set nom = excluded.nom, phase = excluded.phase, \
                 recherche = excluded.recherche",
            ),
            Self::Demandes => (
                "insert into demandes (contrat, auteur, id, contenu, premiere, derniere) ",
                "",
            ),
            Self::Avis => (
                "insert into avis (contrat, cle, partie, objet, cree, bail, envoye) ",
                " on conflict (contrat, cle, partie) do nothing",
            ),
        }
    }

    /// Lets every row of a contract go; lets some go, by the rest of their key.
    pub(super) fn ote(self) -> (&'static str, &'static str) {
        match self {
            Self::Taches => (
                "delete from taches where contrat = $1",
                "delete from taches where (contrat, flux, lieu, acte, partie) in (",
            ),
            Self::Echeances => (
                "delete from echeances where contrat = $1",
                "delete from echeances where (contrat, flux, lieu, nom) in (",
            ),
            Self::Parties => (
                "delete from parties where contrat = $1",
                "delete from parties where (contrat, partie) in (",
            ),
            Self::Esms => (
                "delete from esms where contrat = $1",
                "delete from esms where (contrat, finess) in (",
            ),
            _ => ("delete from flux where contrat = $1", ""),
        }
    }
}

/// How each engine names the columns of rows of values.
pub(super) const TETES_LITE: &str = ") as v where id = v.column1";
pub(super) const TETES_PG: &str =
    ") as v (column1, column2, column3, column4, column5) where id = v.column1";
/// Moves heads on, whose row in lists stays.
pub(super) const TETES: &str = "update contrats set ordre = v.column2, tete = v.column3, \
                                instant = v.column4, vu = v.column5 from (";
