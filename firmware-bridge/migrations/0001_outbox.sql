-- What a station must not forget when the power goes: what it observed and nobody has acknowledged, what it was told to
-- print and how far that went, what it was asked to sign and whether it answered, and how often a PIN was wrong.

-- One row. `last` is the last number ever given, `sent` the highest ever put on a wire, `acknowledged` the highest the
-- server keeps.
create table numbers (
    one integer primary key check (one = 1),
    last integer not null,
    sent integer not null check (sent <= last),
    acknowledged integer not null check (acknowledged <= last)
) strict;
insert into numbers (one, last, sent, acknowledged) values (1, 0, 0, 0);

-- Kept until acknowledged. `body` is the observation as it is sent (JSON).
create table event (
    number integer primary key,
    observed_at integer not null,
    body text not null
) strict;

-- Kept for good: the same job id is never printed twice.
create table job (
    id blob primary key,
    title text not null,
    -- The picture (JSON); dropped when the job has ended.
    raster text,
    state text not null check (state in ('queued', 'sending', 'sent', 'confirmed', 'unknown', 'failed')),
    why text,
    device text,
    queued_at integer not null,
    changed_at integer not null
) strict;
create index job_queued on job (queued_at) where state = 'queued';

-- Kept for good: an answered request is never answered again.
create table sign_request (
    id blob primary key,
    body text not null,
    received_at integer not null,
    answer text check (answer in ('signed', 'declined', 'withdrawn')),
    answered_at integer
) strict;

-- One row: wrong PINs in a row, and when the last one was.
create table wrong_pin (
    one integer primary key check (one = 1),
    in_a_row integer not null,
    last_at integer not null
) strict;
insert into wrong_pin (one, in_a_row, last_at) values (1, 0, 0);
