-- Free text is found by its runs of three characters.
create extension if not exists pg_trgm;
create index items_search_text on items using gin (search_text gin_trgm_ops);
