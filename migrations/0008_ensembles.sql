-- What an organisation calls a pôle, a service, a délégation départementale: FINESS numbers, or
-- codes of départements, parted by commas.
create table ensembles (
    organisation text not null,
    genre text not null,
    nom text not null,
    membres text not null,
    primary key (organisation, genre, nom)
);

-- When a person last signed in, to the end; empty: never.
alter table personnes add column connexion text not null default '';
