-- Sign-ins under way at a provider of identities: each lasts minutes and serves once. `navigateur`:
-- the digest of what the browser that left was given; without it, a return is nobody's.
create table departs (
    empreinte text not null primary key,
    navigateur text not null,
    verificateur text not null,
    nonce text not null,
    retour text not null,
    cree text not null
);
create index departs_crees on departs (cree);

-- Who a provider means: its issuer and its subject, which never serve for two people.
create table identites_federees (
    emetteur text not null,
    sujet text not null,
    personne text not null,
    cree text not null,
    primary key (emetteur, sujet)
);
create index identites_federees_personnes on identites_federees (personne);

-- Forgotten passwords: a link sent to a person, good once.
create table oublis (
    empreinte text not null primary key,
    personne text not null,
    cree text not null
);
create index oublis_personnes on oublis (personne);
