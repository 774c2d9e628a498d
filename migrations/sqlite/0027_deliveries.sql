-- What was taken in or refused by which receipt, and by which delivery it stands on one paper with the rest; and what was missing
-- then. Both follow from the journal.
create table receipt_lines (
    receipt      bigint not null,
    item         blob not null,
    unit         blob not null,
    delivered_by blob not null,
    delivery     bigint,
    primary key (receipt, item)
);
create index receipt_lines_item on receipt_lines (item);
create index receipt_lines_open on receipt_lines (unit, receipt) where delivery is null;
create index receipt_lines_delivery on receipt_lines (delivery);

create table missing_lines (
    delivery bigint not null,
    item     blob not null,
    owed_by  blob not null,
    quantity bigint not null,
    primary key (delivery, item, owed_by)
);
create index missing_lines_item on missing_lines (item);

-- Who brought what does not agree: they do not settle it.
alter table differences add column brought_by blob;

-- In the engine's own words: what was taken in before.
insert into receipt_lines (receipt, item, unit, delivered_by)
select distinct j.seq, unhex(replace(json_extract(line.value, '$.item'), '-', '')), j.unit,
    unhex(replace(json_extract(cast(j.entry as text), '$.body.delivered_by'), '-', ''))
from journal j, json_each(cast(j.entry as text), '$.body.lines') line where j.kind = 'receive';
