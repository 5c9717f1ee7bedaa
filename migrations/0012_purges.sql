-- What was erased because its time had come: under which rule, of before which day, how many.
create table purges (
    instant text not null,
    regle text not null,
    avant text not null,
    nombre bigint not null,
    primary key (instant, regle)
);
