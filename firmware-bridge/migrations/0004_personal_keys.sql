-- Each person's key has its own PIN, and its own count of wrong ones.
drop table wrong_pin;
create table wrong_pins (
    key text primary key,
    in_a_row integer not null,
    last_at integer not null
) strict;
