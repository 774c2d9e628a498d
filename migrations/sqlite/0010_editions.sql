-- The edition of the rules under which the newest entries of a head were recorded (`ledger::edition`). A server that does not
-- have the rules of the newest edition records nothing. Heads from before there were editions are of the first.
alter table heads add column edition bigint not null default 1;
