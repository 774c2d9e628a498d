-- Whether the counter takes a thing in as a line of its own: a line of a list that was not itemised, or one of the single things that
-- a line became. Parts of a thing that had come in already are not expected at the counter.
alter table items add column listed boolean not null default true;
update items set listed = false where parent is not null;
