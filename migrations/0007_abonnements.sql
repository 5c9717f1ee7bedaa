-- Where organisations have the lines of their contracts sent. `secret` signs the messages, so it is
-- kept as it is. `du`, `bail`, `essais`: when to try, until when someone is at it, how many tries
-- failed in a row. `suspendu`: since when nothing is tried any more; empty: it is.
create table abonnements (
    id text not null primary key,
    organisation text not null,
    adresse text not null,
    secret text not null,
    cree text not null,
    du text not null,
    bail text not null,
    essais bigint not null,
    suspendu text not null,
    erreur text not null
);
create index abonnements_organisations on abonnements (organisation);
create index abonnements_dus on abonnements (suspendu, du);

-- Up to which line of each contract was sent: the journal itself is the outbox.
create table abonnements_suivis (
    abonnement text not null,
    contrat text not null,
    ordre bigint not null,
    primary key (abonnement, contrat)
);
