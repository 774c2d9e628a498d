-- Agencies' keys are entries, and this table follows from them. The keys of before, which no entry names, stay where they can be
-- asked about the entries that they signed, and sign nothing new.
alter table agency_keys rename to first_edition_keys;

create table agency_keys (
    key            text   not null primary key,
    agency         blob   not null references agencies (id),
    unit           blob   not null references units (id),
    public_pem     text   not null,
    registered_seq bigint not null,
    -- Its own entry where a key of the agency has signed it, else the entry that confirms its fingerprint.
    in_force_seq   bigint,
    revoked_seq    bigint,
    revocation     text
);

-- Who may sign is read from the entries each time.
create index journal_of_keys on journal (seq) where kind in ('register_key', 'confirm_key', 'revoke_key');
