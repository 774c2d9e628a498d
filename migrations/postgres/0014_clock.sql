-- When a person last said that the clock of the server is right (`hufu clock confirm`). A clock that has jumped records nothing
-- before.
alter table ledger_settings add column clock_confirmed bigint;
