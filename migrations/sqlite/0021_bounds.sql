-- An open list is told by its case and the number of its rows, without reading them.
alter table imports add column case_id blob;
alter table imports add column row_count bigint not null default 0;
create index imports_open on imports (unit, created_at) where entry_seq is null;

-- Wrong passwords are counted for each login and where they came from: nobody locks somebody out from elsewhere.
drop table login_failures;
create table login_failures (
    login        text   not null,
    origin       text   not null,
    failures     bigint not null,
    locked_until bigint not null,
    primary key (login, origin)
);

-- What came wrong from one address within a while, whatever the logins were.
create table address_failures (
    address  text   not null primary key,
    failures bigint not null,
    ends_at  bigint not null
);

-- Browsers in which a person has logged in before, by the hash of what their cookie says.
create table known_browsers (
    token   blob   not null,
    person  blob   not null references persons (id),
    used_at bigint not null,
    primary key (token, person)
);
create index known_browsers_person on known_browsers (person, used_at);

-- In the engine's own words: what the lists that are there already hold.
update imports set case_id = unhex(replace(json_extract(draft, '$.case'), '-', '')),
    row_count = json_array_length(draft, '$.rows');
