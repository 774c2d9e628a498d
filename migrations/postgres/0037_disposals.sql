-- 处置: what the unit that answers for things asks for, by which decision and for whom, before somebody approves it. What was approved
-- and done are entries.
create table disposal_requests (
    id         uuid   not null primary key,
    unit       uuid   not null references units (id),
    requester  uuid   not null references persons (id),
    outcome    text   not null,
    decision   text   not null,
    recipient  text,
    purpose    text   not null,
    asked_at   bigint not null,
    refused_by uuid   references persons (id),
    refusal    text
);
create index disposal_requests_unit on disposal_requests (unit, asked_at);

create table disposal_request_lines (
    request  uuid   not null references disposal_requests (id),
    item     uuid   not null references items (id),
    quantity bigint not null,
    primary key (request, item)
);
create index disposal_request_lines_item on disposal_request_lines (item);
