-- What was done to accesses stays written.
create trigger registre_inchange before update or delete or truncate on registre_acces
for each statement execute function refuse_retouche();
