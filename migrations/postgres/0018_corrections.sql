-- What corrections have written anew about items; the words before and after, as their entries have them (JSON). It follows from
-- the journal, and tells what was known of an item before without reading all entries again.
create table description_corrections (
    seq    bigint not null references journal (seq),
    line   bigint not null,
    item   uuid    not null references items (id),
    change text   not null,
    primary key (seq, line)
);
create index description_corrections_item on description_corrections (item, seq);

-- Which thing a label is on.
create index items_label on items (label_code);

-- What is asked to be written of items, beside what is asked to be posted.
alter table corrections add column descriptions text not null default '[]';
