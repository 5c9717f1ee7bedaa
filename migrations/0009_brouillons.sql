-- What people typed and did not send: for each, on a contract, in a form.
create table brouillons (
    personne text not null,
    contrat text not null,
    formulaire text not null,
    texte text not null,
    quand text not null,
    primary key (personne, contrat, formulaire)
);
create index brouillons_ages on brouillons (quand);
