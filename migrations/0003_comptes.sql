-- Who works in it. An absent text is empty; an instant is written as in the journal; of a token,
-- only the SHA-256 is kept.
create table organisations (
    id text not null primary key,
    nature text not null,
    nom text not null,
    siren text not null,
    ej text not null,
    territoire text not null
);

create table personnes (
    id text not null primary key,
    nom text not null,
    courriel text not null unique,
    cree text not null,
    desactivee text not null
);

-- What proves that it is them: a password hashed by argon2id, the key of the second factor, and
-- the last of its steps that was accepted.
create table secrets (
    personne text not null primary key,
    mot_de_passe text not null,
    totp text not null,
    pas bigint not null
);

create table codes_secours (
    personne text not null,
    empreinte text not null,
    primary key (personne, empreinte)
);

create table droits (
    id text not null primary key,
    personne text not null,
    organisation text not null,
    fonction text not null,
    portee text not null,
    du text not null,
    au text not null
);
create index droits_personnes on droits (personne);
create index droits_organisations on droits (organisation);

-- `essais`: codes tried by this session. `attente`: the key of a second factor not yet confirmed.
create table sessions (
    id text not null primary key,
    empreinte text not null unique,
    personne text not null,
    etape text not null,
    cree text not null,
    vue text not null,
    agent text not null,
    adresse text not null,
    appareil text not null,
    essais bigint not null,
    attente text not null
);
create index sessions_personnes on sessions (personne);
create index sessions_vues on sessions (vue);

-- Browsers from which a person signed in to the end.
create table appareils (
    empreinte text not null primary key,
    personne text not null,
    cree text not null
);
create index appareils_personnes on appareils (personne);

-- Passwords and codes evaluated: `instants` of the last ones, in microseconds.
create table essais (
    cle text not null primary key,
    dernier text not null,
    instants text not null
);
create index essais_derniers on essais (dernier);

create table invitations (
    id text not null primary key,
    empreinte text not null unique,
    courriel text not null,
    organisation text not null,
    fonction text not null,
    portee text not null,
    du text not null,
    au text not null,
    auteur text not null,
    cree text not null,
    expire text not null,
    acceptee text not null
);
create index invitations_organisations on invitations (organisation);
create index invitations_courriels on invitations (courriel);

create table cles (
    id text not null primary key,
    empreinte text not null unique,
    personne text not null,
    organisation text not null,
    nom text not null,
    fonction text not null,
    cree text not null,
    au text not null,
    vue text not null
);
create index cles_personnes on cles (personne);

-- Who did what to whose access, and when. No name: identifiers only.
create table registre_acces (
    id text not null primary key,
    instant text not null,
    auteur text not null,
    acte text not null,
    personne text not null,
    organisation text not null,
    objet text not null
);
create index registre_organisations on registre_acces (organisation, id);
