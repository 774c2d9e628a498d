-- Free text is found by its runs of three characters. What is found is compared with the text itself, so that the index may find too much
-- and nothing wrong.

-- In the engine's own words: FTS5 has rows by number, and an item has no number of its own that stays; `item_texts` gives it one.
create table item_texts (
    id   integer primary key,
    item blob not null unique
);
create virtual table item_text_index using fts5(text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram');

create trigger item_text_written after insert on items begin
    insert into item_texts (item) values (new.id);
    insert into item_text_index (rowid, text) select t.id, new.search_text from item_texts t where t.item = new.id;
end;
create trigger item_text_changed after update of search_text on items when old.search_text <> new.search_text begin
    update item_text_index set text = new.search_text where rowid = (select t.id from item_texts t where t.item = new.id);
end;

insert into item_texts (item) select id from items order by number;
insert into item_text_index (rowid, text) select t.id, i.search_text from item_texts t join items i on i.id = t.item;
