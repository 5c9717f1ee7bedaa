-- One line per fact. The primary key gives the order of a contract; (contrat, flux, rang) is the
-- belt of each stream's chain.
create table journal (
    contrat text not null,
    ordre bigint not null,
    flux text not null,
    rang bigint not null,
    enregistre text not null,
    effet text not null,
    genre text not null,
    version bigint not null,
    auteur text not null,
    prive text not null,
    charge text not null,
    empreinte text not null,
    primary key (contrat, ordre),
    unique (contrat, flux, rang)
);

-- The head of each contract: the row that a writer locks. What a list shows is written with it.
create table contrats (
    id text not null primary key,
    ordre bigint not null,
    tete text not null,
    instant text not null,
    vu text not null,
    ouvert bigint not null,
    titre text not null,
    phase text not null,
    echeance text not null,
    recherche text not null,
    resume text not null
);
create index contrats_vus on contrats (ouvert, vu);
create index contrats_echeances on contrats (echeance, titre, id);

-- The head of each stream.
create table flux (
    contrat text not null,
    flux text not null,
    workflow text not null,
    rang bigint not null,
    empreinte text not null,
    primary key (contrat, flux)
);

-- The requests already answered: who, which, and the lines they wrote.
create table demandes (
    contrat text not null,
    auteur text not null,
    id text not null,
    contenu text not null,
    premiere bigint not null,
    derniere bigint not null,
    primary key (contrat, auteur, id)
);

-- Texts of the contract, by digest.
create table textes (
    contrat text not null,
    empreinte text not null,
    texte text not null,
    primary key (contrat, empreinte)
);

-- Private notes: the journal holds a commitment only, so that these rows may be erased.
create table notes (
    contrat text not null,
    engagement text not null,
    partie text not null,
    sel text not null,
    texte text not null,
    primary key (contrat, engagement)
);

-- Projections: what lists show, rebuilt from the journal at will.
create table taches (
    contrat text not null,
    flux text not null,
    lieu text not null,
    acte text not null,
    partie text not null,
    titre text not null,
    manque text not null,
    primary key (contrat, flux, lieu, acte, partie)
);
create index taches_parties on taches (partie, contrat);

create table echeances (
    contrat text not null,
    flux text not null,
    lieu text not null,
    nom text not null,
    jour text not null,
    effet text not null,
    primary key (contrat, flux, lieu, nom)
);
create index echeances_jours on echeances (jour);

create table parties (
    contrat text not null,
    partie text not null,
    nom text not null,
    primary key (contrat, partie)
);

create table esms (
    contrat text not null,
    finess text not null,
    nom text not null,
    phase text not null,
    primary key (contrat, finess)
);
create index esms_finess on esms (finess);

-- Work to do later, once: `cle` says which.
create table travaux (
    cle text not null primary key,
    genre text not null,
    du text not null,
    bail text not null,
    essais bigint not null,
    fait text not null,
    donnees text not null
);
create index travaux_dus on travaux (fait, du);

-- What parties are told, once.
create table avis (
    contrat text not null,
    cle text not null,
    partie text not null,
    objet text not null,
    cree text not null,
    envoye text not null,
    primary key (contrat, cle, partie)
);
create index avis_a_envoyer on avis (envoye, cree);

-- The bill of each day: every head, and a time-stamp over it.
create table bordereaux (
    jour text not null primary key,
    etabli text not null,
    contenu text not null,
    empreinte text not null,
    jeton text not null
);
