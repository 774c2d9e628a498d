-- Photographs that were taken with a row of a list, at the scene: with the list while it waits, with the thing once it is recorded.
create table listed_photographs (
    list     uuid   not null,
    line     bigint not null,
    digest   text   not null,
    item     uuid   references items (id),
    added_at bigint not null,
    added_by uuid   not null references persons (id),
    primary key (list, line, digest)
);
create index listed_photographs_digest on listed_photographs (digest);
create index listed_photographs_item on listed_photographs (item) where item is not null;
