-- Which unit sees which item and which entry, kept as they are written: lists begin with what somebody sees. It follows from the
-- books, and `hufu verify` derives it anew (`store::item_sight`, `store::entry_sight`).

-- `unit`: everybody of the unit sees it. `keeper`: the custodians of the unit, in whose stores it lies or lay. `owed`: the unit owes
-- it, and the custodians who expect it see it. A line is seen with the single things that stand in its place.
create table item_sight (
    item   blob not null,
    way    text not null check (way in ('unit', 'keeper', 'owed')),
    unit   blob not null,
    -- The item's, by which lists are sorted.
    number text not null,
    primary key (item, way, unit)
);
create index item_sight_number on item_sight (unit, way, number, item);
-- Custodians may expect what many units owe; all of it together is little.
create index item_sight_owed on item_sight (unit, number, item) where way = 'owed';

-- The same of entries: how many items that an entry names are seen so, and one more for a unit whose own act it is, that is a side of
-- its handover, or that settles its difference.
create table entry_sight (
    unit    blob not null,
    way     text not null check (way in ('unit', 'keeper', 'owed')),
    seq     bigint not null,
    kind    text not null,
    reasons bigint not null,
    primary key (unit, way, seq)
);
create index entry_sight_kind on entry_sight (unit, way, kind, seq);
create index entry_sight_empty on entry_sight (seq) where reasons = 0;

create index approval_lines_item on approval_lines (item);

insert into item_sight (item, way, unit, number)
with watched as (
    select i.id as item, i.id as seen from items i
    union all select t.parent, t.id from items t where t.parent is not null and t.listed),
derived as (
    select p.item, 'unit' as way, p.place as unit from postings p where p.book = 'duty' and p.kind = 'party'
    union select i.id, 'unit', h.to_unit from items i join handovers h on h.id = i.on_offer
    union select w.item, 'keeper', t.unit from watched w join postings lay on lay.item = w.seen and lay.kind = 'slot'
        join slots place on place.id = lay.place join stores t on t.id = place.store
    union select w.item, 'owed', b.place from watched w join stock_balances b on b.item = w.seen and b.kind = 'owed')
select d.item, d.way, d.unit, i.number from derived d join items i on i.id = d.item;

insert into entry_sight (unit, way, seq, kind, reasons)
with told as (
    select seq, seq as of from journal
    union all select declaration, wrong_seq from declared_errors
    union all select corrected, wrong_seq from declared_errors where corrected is not null),
named as (
    select t.seq, l.item from told t join postings l on l.seq = t.of
    union select t.seq, l.item from told t join description_corrections l on l.seq = t.of
    union select t.seq, l.item from told t join receipt_lines l on l.delivery = t.of
    union select t.seq, l.item from told t join handovers h on h.offer_seq = t.of or h.end_seq = t.of
        join handover_lines l on l.handover = h.id
    union select t.seq, l.item from told t join approvals a on a.given_seq = t.of join approval_lines l on l.approval = a.id
    union select t.seq, l.item from told t join differences l on l.raised_seq = t.of or l.settled_seq = t.of),
acts as (
    select t.seq, j.unit from told t join journal j on j.seq = t.of
    where t.seq <> t.of or j.kind not in ('register_unit', 'appoint', 'reset_password', 'register_station')
    union select t.seq, h.from_unit from told t join handovers h on h.offer_seq = t.of or h.end_seq = t.of
    union select t.seq, h.to_unit from told t join handovers h on h.offer_seq = t.of or h.end_seq = t.of
    union select t.seq, f.owner from told t join differences f on f.raised_seq = t.of or f.settled_seq = t.of),
reasons as (
    select n.seq, s.way, s.unit from named n join item_sight s on s.item = n.item
    union all select seq, 'unit', unit from acts)
select r.unit, r.way, r.seq, j.kind, count(*) from reasons r join journal j on j.seq = r.seq
group by r.unit, r.way, r.seq, j.kind;
