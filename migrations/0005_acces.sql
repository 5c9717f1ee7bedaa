-- The numbers by which an organisation is known: who sees which contracts.
alter table parties add column siren text not null default '';
alter table parties add column ej text not null default '';
create index parties_siren on parties (siren);
create index parties_ej on parties (ej);

-- The day an act is waited for, by its party; empty: nobody waits for it.
alter table taches add column attendu text not null default '';
