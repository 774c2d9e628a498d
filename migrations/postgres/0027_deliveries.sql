-- What was taken in or refused by which receipt, and by which delivery it stands on one paper with the rest; and what was missing
-- then. Both follow from the journal.
create table receipt_lines (
    receipt      bigint not null,
    item         uuid not null,
    unit         uuid not null,
    delivered_by uuid not null,
    delivery     bigint,
    primary key (receipt, item)
);
create index receipt_lines_item on receipt_lines (item);
create index receipt_lines_open on receipt_lines (unit, receipt) where delivery is null;
create index receipt_lines_delivery on receipt_lines (delivery);

create table missing_lines (
    delivery bigint not null,
    item     uuid not null,
    owed_by  uuid not null,
    quantity bigint not null,
    primary key (delivery, item, owed_by)
);
create index missing_lines_item on missing_lines (item);

-- Who brought what does not agree: they do not settle it.
alter table differences add column brought_by uuid;

-- In the engine's own words: what was taken in before.
insert into receipt_lines (receipt, item, unit, delivered_by)
select distinct j.seq, (line ->> 'item')::uuid, j.unit, (entry.body ->> 'delivered_by')::uuid
from journal j cross join lateral (select convert_from(j.entry, 'UTF8')::jsonb -> 'body' as body) entry
    cross join lateral jsonb_array_elements(entry.body -> 'lines') line
where j.kind = 'receive';
