-- For the time without a server: labels drawn ahead, and what is being written down of the thing in hand.

-- Kept for good: a number is taken once. The picture is dropped when the label is used.
create table blank (
    code text primary key,
    block blob not null,
    place integer not null,
    raster text,
    used_at integer
) strict;
create index blank_next on blank (used_at, block, place);

-- One row: what the station's own page is doing (JSON); empty when it does nothing.
create table desk (
    one integer primary key check (one = 1),
    body text not null
) strict;
insert into desk (one, body) values (1, '');

-- Every label that was stuck on a thing at this station, and on what: no label names two things.
create table stuck (
    code text primary key,
    name text not null,
    at integer not null
) strict;
create index stuck_latest on stuck (at);
