-- Both books added up at marks, so that any page can be shown as the ledger was known after any entry. Follows from the
-- postings alone: it may be emptied at any time and is made again (`store::sums`).

create table sum_marks (
    scope text   not null check (scope in ('slot', 'stock', 'category', 'duty', 'case')),
    seq   bigint not null references journal (seq),
    primary key (scope, seq)
);

create table sum_keys (
    id       bigint not null primary key,
    scope    text   not null,
    kind     text   not null,
    whose    uuid   not null,
    measure  text   not null,
    currency text   not null,
    unique (scope, kind, whose, measure, currency)
);

create table sums (
    sum_key  bigint not null references sum_keys (id),
    mark     bigint not null,
    items    bigint not null,
    quantity bigint not null,
    primary key (sum_key, mark)
);

-- What somebody asks to be corrected after an error was declared, until it is approved and recorded.
create table corrections (
    declaration bigint not null primary key references journal (seq),
    lines       text   not null,
    reason      text   not null,
    asked_by    uuid   not null references persons (id),
    asked_at    bigint not null,
    approval    uuid,
    refused_by  uuid   references persons (id),
    refusal     text
);

-- `hufu verify` asks each mark again.
create index sums_mark on sums (mark);

-- An item's page looks for its parts.
create index items_parent on items (parent) where parent is not null;
