-- The visas that an organisation asks for before an act leaves it: from which function on, and
-- through whom, rank after rank (JSON).
create table circuits (
    organisation text not null primary key,
    des text not null,
    rangs text not null
);

-- Acts prepared inside an organisation, in no journal until the last visa: what was filled in and
-- shown, and who gave a visa when (JSON); the establishments it is about, parted by commas; who is
-- giving the last visa; the place of its line once it is done.
create table prepares (
    id text not null primary key,
    organisation text not null,
    contrat text not null,
    auteur text not null,
    cree text not null,
    etat text not null,
    contenu text not null,
    visas text not null,
    esms text not null,
    motif text not null,
    executant text not null,
    ordre bigint not null
);
create index prepares_organisations on prepares (organisation, etat, contrat);
