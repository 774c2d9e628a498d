-- A unit may be closed by an entry from now on. It stays, since papers and old entries speak of it.
alter table units add column closed boolean not null default false;
