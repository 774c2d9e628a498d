-- Free text is found by its runs of three characters. What is found is compared with the text itself, so that the index may find too much
-- and nothing wrong.

-- In the engine's own words: `like` is answered by an index of pg_trgm.
create extension if not exists pg_trgm;
create index items_search_text on items using gin (search_text gin_trgm_ops);
