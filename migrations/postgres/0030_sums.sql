-- What each case adds up to, and what lies in each store, kept as items change: lists read it and do not go through the items. It
-- follows from the books, and `hufu verify` adds it up anew (`store::case_sums`, `store::keeper_sums`).

create table case_sums (
    case_id      uuid   not null primary key,
    -- Every item that it answers or answered for; those of them that it answers for now; and how they all stand.
    items        bigint not null,
    answered_for bigint not null,
    owed         bigint not null,
    in_store     bigint not null,
    on_offer     bigint not null,
    differences  bigint not null,
    -- Items of its lists, wherever they went, and those of them that are still in care.
    listed       bigint not null,
    open         bigint not null
);

-- What is owed, by the unit that owes it and the moment it was seized, so that the first of them is found when it comes. An item counts
-- in each case that answers or answered for it, in the case of its list, and in each case that answers for it now.
create table case_owed (
    case_id      uuid   not null,
    unit         uuid   not null,
    seized_at    bigint not null,
    items        bigint not null,
    listed       bigint not null,
    answered_for bigint not null,
    primary key (case_id, unit, seized_at)
);
create index case_owed_unit on case_owed (unit, seized_at) where listed <> 0;
create index case_owed_oldest on case_owed (seized_at) where listed <> 0;
create index case_owed_answered on case_owed (case_id, unit) where answered_for <> 0;

-- Of how many items that a case answers for some lies or lay in the stores of a unit.
create table case_keepers (
    case_id uuid   not null,
    unit    uuid   not null,
    items   bigint not null,
    primary key (case_id, unit)
);

insert into case_sums (case_id, items, answered_for, owed, in_store, on_offer, differences, listed, open)
select s.case_id, sum(s.items), sum(s.answered_for), sum(s.owed), sum(s.in_store), sum(s.on_offer), sum(s.differences),
    sum(s.listed), sum(s.open)
from (
    select m.case_id, 1 as items,
        case when exists (select 1 from duty_balances d
            where d.item = m.item and d.case_id = m.case_id and d.quantity > 0) then 1 else 0 end as answered_for,
        case when exists (select 1 from stock_balances b where b.item = m.item and b.kind = 'owed') then 1 else 0 end as owed,
        case when exists (select 1 from stock_balances b where b.item = m.item and b.kind = 'slot') then 1 else 0 end as in_store,
        case when i.on_offer is not null then 1 else 0 end as on_offer,
        (select count(*) from differences f where f.item = m.item and f.settled_seq is null) as differences,
        0 as listed, 0 as open
    from (select distinct p.case_id, p.item from postings p where p.book = 'duty' and p.kind = 'party') m
        left join items i on i.id = m.item
    union all
    select i.case_id, 0, 0, 0, 0, 0, 0, 1, case when i.open_quantity > 0 then 1 else 0 end from items i) s
group by s.case_id;

with owing as (
    select b.item, b.place as unit, i.seized_at, i.case_id from stock_balances b join items i on i.id = b.item
    where b.kind = 'owed')
insert into case_owed (case_id, unit, seized_at, items, listed, answered_for)
select o.case_id, o.unit, o.seized_at, sum(o.items), sum(o.listed), sum(o.answered_for)
from (
    select w.case_id, w.unit, w.seized_at, 0 as items, 1 as listed, 0 as answered_for, w.item from owing w
    union all
    select distinct p.case_id, w.unit, w.seized_at, 1, 0, 0, w.item from owing w join postings p on p.item = w.item
        where p.book = 'duty' and p.kind = 'party'
    union all
    select distinct d.case_id, w.unit, w.seized_at, 0, 0, 1, w.item from owing w join duty_balances d on d.item = w.item
        where d.kind = 'party') o
group by o.case_id, o.unit, o.seized_at;

insert into case_keepers (case_id, unit, items)
select d.case_id, t.unit, count(distinct d.item) from duty_balances d
    join postings lay on lay.item = d.item and lay.book = 'stock' and lay.kind = 'slot'
    join slots s on s.id = lay.place join stores t on t.id = s.store
where d.kind = 'party' group by d.case_id, t.unit;

-- How many items lie in a store, or in all stores of a unit, and in how many slots.
create table keeper_sums (
    keeper uuid   not null primary key,
    items  bigint not null,
    places bigint not null
);

insert into keeper_sums (keeper, items, places)
select s.store, count(distinct b.item), count(*) from stock_balances b join slots s on s.id = b.place
where b.kind = 'slot' group by s.store
union all
select t.unit, count(distinct b.item), count(*) from stock_balances b join slots s on s.id = b.place
    join stores t on t.id = s.store
where b.kind = 'slot' group by t.unit;
