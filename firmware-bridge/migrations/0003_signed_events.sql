-- An enrolled station signs each event when it is written down, so that nobody can change it on the disk while the network
-- is away. `text` is what was signed and what is sent; both are absent where the station has no device key.
alter table event add column text text;
alter table event add column signature text;
