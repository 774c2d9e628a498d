-- A station is enrolled with a one-time code and from then on proves itself with a key of its own. Of a code only its hash
-- is kept; of the key only the public half.
alter table stations add column device_key text;
alter table station_events add column signature text;

create table invitations (
    code       blob not null primary key,
    station    blob not null references stations (id),
    made_at    bigint not null,
    expires_at bigint not null,
    used_at    bigint
);
