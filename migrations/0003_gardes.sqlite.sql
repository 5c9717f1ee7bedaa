-- What was done to accesses stays written.
create trigger registre_inchange before update on registre_acces
begin select raise(abort, 'registre_acces : une ligne ne change pas'); end;
create trigger registre_garde before delete on registre_acces
begin select raise(abort, 'registre_acces : une ligne ne part pas'); end;
