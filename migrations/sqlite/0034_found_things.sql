-- A thing that is on no list belongs to the case with which it came, and is shown by its picture. Both follow from the journal.
alter table differences add column case_id blob;
alter table differences add column photograph text;
create index differences_case on differences (case_id) where case_id is not null;
create index differences_photograph on differences (photograph) where photograph is not null;

-- Things are also found by the numbers in their name and features. Those described before are read once, by the program.
create table unread_descriptions (item blob not null primary key references items (id));
-- A part is found by what was written of itself alone; what it was a part of is found by the rest.
insert into unread_descriptions select id from items
    where parent is null or id in (select item from description_corrections);
