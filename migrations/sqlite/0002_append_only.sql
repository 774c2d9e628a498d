-- The tree in tiles, the signature over each head, and what the witnesses have signed.

-- The key that this ledger's checkpoints are signed with, as others check it: name+id+key.
alter table ledger_settings add column ledger_key text;

-- The ledger's line under the checkpoint of this head (C2SP signed note). Heads from before there were signatures have none.
alter table heads add column signature text;

-- Level 0 is the journal's own leaves; here are the roots of full tiles: 256 leaves each at level 1, 65,536 at level 2.
create table tile_hashes (
    level    bigint not null check (level > 0),
    position bigint not null,
    hash     blob   not null,
    primary key (level, position)
);

-- Ending an offer lets its lines go; there may be a million other items.
create index items_on_offer on items (on_offer) where on_offer is not null;

create table witnesses (
    name       text   not null primary key,
    -- name+id+key, as the witness printed it.
    key        text   not null unique,
    unit       blob   not null references units (id),
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
    id          blob   not null primary key,
    witness     text   not null references witnesses (name),
    -- Up to where it had signed.
    size        bigint not null,
    why         text   not null,
    evidence    text   not null,
    received_at bigint not null
);

create trigger tile_hashes_are_never_changed before update on tile_hashes begin select raise(abort, 'the journal is append-only'); end;
create trigger tile_hashes_are_never_deleted before delete on tile_hashes begin select raise(abort, 'the journal is append-only'); end;
create trigger cosignatures_are_never_changed before update on cosignatures begin select raise(abort, 'cosignatures are kept'); end;
create trigger cosignatures_are_never_deleted before delete on cosignatures begin select raise(abort, 'cosignatures are kept'); end;
create trigger witness_refusals_are_never_changed before update on witness_refusals begin select raise(abort, 'refusals are kept'); end;
create trigger witness_refusals_are_never_deleted before delete on witness_refusals begin select raise(abort, 'refusals are kept'); end;
