-- Messages to people, once: `id` is a function of what a message tells and to whom. What it says
-- goes once it is sent or given up; the row stays, so that it is not written again.
create table courriels (
    id text not null primary key,
    personne text not null,
    nom text not null,
    adresse text not null,
    sujet text not null,
    texte text not null,
    html text not null,
    cree text not null,
    du text not null,
    bail text not null,
    essais bigint not null,
    envoye text not null,
    refuse text not null,
    erreur text not null
);
create index courriels_a_poster on courriels (envoye, refuse, du);

-- Notices kept for the weekly message of a person, sent once `du` has come.
create table recueil (
    personne text not null,
    contrat text not null,
    cle text not null,
    partie text not null,
    objet text not null,
    cree text not null,
    du text not null,
    primary key (personne, contrat, cle, partie)
);
create index recueil_dus on recueil (du, personne);

-- What a person chose to receive; what has no row is as by default.
create table preferences (
    personne text not null,
    rubrique text not null,
    mode text not null,
    primary key (personne, rubrique)
);

-- Calendars that a person opened: the digest of the token only, which nobody can turn back.
create table flux_ics (
    jeton text not null primary key,
    personne text not null,
    cree text not null,
    revoque text not null
);
create index flux_ics_personnes on flux_ics (personne, revoque);
