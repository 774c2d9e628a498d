-- What a unit's people say of the columns of a list, by the titles of its columns (a digest): offered for the next file of that
-- shape. JSON, by the letter of the column.
create table column_choices (
    unit      uuid   not null references units (id),
    shape     text   not null,
    columns   text   not null,
    chosen_by uuid   not null references persons (id),
    chosen_at bigint not null,
    primary key (unit, shape)
);
