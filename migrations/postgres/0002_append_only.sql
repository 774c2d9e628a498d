-- The tree in tiles, the signature over each head, and what the witnesses have signed.

-- The key that this ledger's checkpoints are signed with, as others check it: name+id+key.
alter table ledger_settings add column ledger_key text;

-- The ledger's line under the checkpoint of this head (C2SP signed note). Heads from before there were signatures have none.
alter table heads add column signature text;

-- Level 0 is the journal's own leaves; here are the roots of full tiles: 256 leaves each at level 1, 65,536 at level 2.
create table tile_hashes (
    level    bigint not null check (level > 0),
    position bigint not null,
    hash     bytea  not null,
    primary key (level, position)
);

-- Ending an offer lets its lines go; there may be a million other items.
create index items_on_offer on items (on_offer) where on_offer is not null;

create table witnesses (
    name       text   not null primary key,
    -- name+id+key, as the witness printed it.
    key        text   not null unique,
    unit       uuid   not null references units (id),
    added_at   bigint not null,
    revoked_at bigint
);

create table cosignatures (
    witness     text   not null references witnesses (name),
    size        bigint not null,
    -- The whole line, as it stands in a checkpoint.
    line        text   not null,
    signed_at   bigint not null,
    received_at bigint not null,
    primary key (witness, size)
);
create index cosignatures_size on cosignatures (size);

-- What a witness refused to sign, with the checkpoints that show why.
create table witness_refusals (
    id          uuid   not null primary key,
    witness     text   not null references witnesses (name),
    -- Up to where it had signed.
    size        bigint not null,
    why         text   not null,
    evidence    text   not null,
    received_at bigint not null
);

create trigger tile_hashes_are_never_changed before update or delete on tile_hashes for each row execute function journal_refuses();
create trigger tile_hashes_are_never_emptied before truncate on tile_hashes execute function journal_refuses();
create trigger cosignatures_are_never_changed before update or delete on cosignatures for each row execute function journal_refuses();
create trigger cosignatures_are_never_emptied before truncate on cosignatures execute function journal_refuses();
create trigger witness_refusals_are_never_changed before update or delete on witness_refusals for each row execute function journal_refuses();
create trigger witness_refusals_are_never_emptied before truncate on witness_refusals execute function journal_refuses();
