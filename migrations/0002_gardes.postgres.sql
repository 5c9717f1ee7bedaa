-- A line of the journal never changes and never goes.
create function refuse_retouche() returns trigger language plpgsql as $$
begin raise exception '% : une ligne ne change ni ne part', tg_table_name; end $$;
create trigger journal_inchange before update or delete or truncate on journal
for each statement execute function refuse_retouche();
create trigger bordereaux_inchanges before update of jour, etabli, contenu, empreinte on bordereaux
for each statement execute function refuse_retouche();
create trigger bordereaux_gardes before delete or truncate on bordereaux
for each statement execute function refuse_retouche();

create table depots (
    empreinte text not null primary key,
    taille bigint not null,
    genre text not null,
    octets bytea not null
);
