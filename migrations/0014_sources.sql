-- A figure says what published it by a code, as contracts do: `tdb`, `errd`, `ca`, `has`. Which of
-- the accounts was not kept until now: an EHPAD (500) is under EPRD since 2017, the others had a
-- compte administratif; importing the file again says it.
update chiffres set source = case
    when source like 'Tableau de bord%' then 'tdb'
    when source like 'Haute Autorité%' then 'has'
    when finess in (select finess from etablissements where categorie = '500') then 'errd'
    else 'ca' end;
