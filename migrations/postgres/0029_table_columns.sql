-- Which columns of a table a person has chosen; without a row, those that the table begins with.
create table table_columns (
    person     uuid  not null references persons (id),
    table_name text not null,
    columns    text not null,
    primary key (person, table_name)
);

-- Lists of items in another order than that of their numbers.
create index items_name on items (name, number);
create index items_seized_at on items (seized_at, number);
