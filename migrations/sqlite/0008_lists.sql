-- What the lists ask for again and again: an item's postings of one kind and place, a case's items, what lies in a place.

-- Without figures of its tables SQLite takes the index with the most columns that are equal. With two of them an index by
-- kind and place won over the item, and walked through everything of a unit for each item.
drop index postings_item;
create index postings_item on postings (item, kind, place, seq);

drop index duty_balances_case;
create index duty_balances_case on duty_balances (case_id, item);

-- How many lie in a place is counted in the index.
drop index stock_balances_place;
create index stock_balances_place on stock_balances (kind, place, item, quantity);

create index cases_opened on cases (opened_at, id);
create index items_received on items (received_at) where received_at is not null;
create index items_open on items (open_quantity) where open_quantity > 0;
