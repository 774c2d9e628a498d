-- A key is a person's. The table follows from the entries, and none of those had a holder before.
drop table agency_keys;

create table agency_keys (
    key            text   not null primary key,
    agency         blob   not null references agencies (id),
    unit           blob   not null references units (id),
    holder         blob   not null references persons (id),
    public_pem     text   not null,
    registered_seq bigint not null,
    -- Its own entry where a key of the agency has signed it, else the entry that confirms its fingerprint.
    in_force_seq   bigint,
    revoked_seq    bigint,
    revocation     text
);

-- Which rules hold is read from the entries each time.
create index journal_of_rules on journal (seq) where kind in ('adopt_rules', 'confirm_rules');

-- The last passwords of each person, by their hashes: none of them is taken again, and a first password has its day.
create table password_history (
    person        blob not null,
    set_at        bigint not null,
    password_hash text   not null,
    primary key (person, set_at)
);
