-- Agencies, units, people, roles and stations follow from entries from now on, and what is secret of a person stands apart: it follows
-- from none. Somebody may have a password here just before they are entered.
create table passwords (
    person      blob    not null primary key,
    hash        text    not null,
    must_change boolean not null
);
insert into passwords (person, hash, must_change) select id, password_hash, must_change from persons;
alter table persons drop column password_hash;
alter table persons drop column must_change;

create index journal_of_roster on journal (seq)
    where kind in ('register_unit', 'appoint', 'reset_password', 'register_station');
