-- Whose series a paper's number is of, and its place in it: since edition 3 of the rules the numbers of a kind run without gaps for
-- each store (or agency, where no store is concerned) and year. Papers of before have the number of their entry and stand in no
-- series. It follows from the journal.
alter table papers add column issuer uuid;
alter table papers add column issuer_number bigint;
alter table papers add column year text;
alter table papers add column serial bigint;
create unique index papers_series on papers (kind, issuer, year, serial);
create index papers_issuer on papers (issuer, issuer_number);
