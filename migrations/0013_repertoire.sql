-- What national registers publish of establishments, as it was last read. Nobody is in it. Days are
-- `AAAA-MM-JJ`, empty when not known; figures are written as decimals, with a comma.
create table etablissements (
    finess text not null primary key,
    ej text not null,
    nom text not null,
    categorie text not null,
    categorie_libelle text not null,
    departement text not null,
    commune text not null,
    tarification text not null,
    tarification_libelle text not null,
    ouvert_le text not null,
    ferme_le text not null,
    importe_le text not null,
    source text not null
);
create index etablissements_ej on etablissements (ej);

create table entites (
    finess text not null primary key,
    nom text not null,
    siren text not null,
    departement text not null,
    importe_le text not null,
    source text not null
);

create table capacites (
    finess text not null primary key,
    autorisee bigint not null,
    installee bigint not null,
    importe_le text not null,
    source text not null
);

-- A figure, and the one it took the place of. What it was computed from, when that was given.
create table chiffres (
    finess text not null,
    indicateur text not null,
    annee bigint not null,
    valeur text not null,
    numerateur text not null,
    denominateur text not null,
    importe_le text not null,
    source text not null,
    ancienne text not null,
    ancienne_le text not null,
    primary key (finess, indicateur, annee)
);
create index chiffres_annees on chiffres (indicateur, annee);

-- What similar establishments show, computed when figures are taken in: `departement:2A`,
-- `region:94`, `nation`.
create table reperes (
    categorie text not null,
    annee bigint not null,
    territoire text not null,
    indicateur text not null,
    structures bigint not null,
    q1 text not null,
    mediane text not null,
    q3 text not null,
    primary key (categorie, annee, territoire, indicateur)
);
create index reperes_indicateurs on reperes (indicateur, annee);

-- Files taken in, when they changed something.
create table imports (
    instant text not null,
    genre text not null,
    empreinte text not null,
    lus bigint not null,
    ajoutes bigint not null,
    modifies bigint not null,
    inchanges bigint not null,
    primary key (instant, genre, empreinte)
);
