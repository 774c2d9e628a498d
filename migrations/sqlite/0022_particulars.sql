-- What the list says of a thing in fields of its own (JSON, by field), and what identifies it, in the form in which two writings
-- of one identifier are equal. Both follow from the journal.
alter table items add column particulars text not null default '{}';

create table item_identifiers (
    item       blob not null references items (id),
    field      text not null,
    identifier text not null,
    primary key (item, field, identifier)
);
create index item_identifiers_identifier on item_identifiers (identifier);
