-- Who holds the pen, between commas, and the contract's last day while it runs: what the list of
-- contracts is filtered by.
alter table contrats add column plume text not null default '';
alter table contrats add column terme text not null default '9999-12-31';

-- What a search looks into, without capitals nor accents.
alter table parties add column recherche text not null default '';
alter table esms add column recherche text not null default '';
