-- Stores and slots follow from entries from now on; whoever opens the ledger to record takes over what stands here. A closed one stays,
-- with its name and the code of its label, since papers and old entries speak of it.
alter table stores add column closed boolean not null default false;
alter table slots add column closed boolean not null default false;

create index journal_of_places on journal (seq) where kind in ('register_store', 'register_slots');
