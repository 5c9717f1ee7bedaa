-- A line of the journal never changes and never goes.
create trigger journal_inchange before update on journal
begin select raise(abort, 'journal : une ligne ne change pas'); end;
create trigger journal_garde before delete on journal
begin select raise(abort, 'journal : une ligne ne part pas'); end;
create trigger bordereaux_inchanges before update of jour, etabli, contenu, empreinte on bordereaux
begin select raise(abort, 'bordereaux : un bordereau ne change pas'); end;
create trigger bordereaux_gardes before delete on bordereaux
begin select raise(abort, 'bordereaux : un bordereau ne part pas'); end;

create table depots (
    empreinte text not null primary key,
    taille bigint not null,
    genre text not null,
    octets blob not null
);
