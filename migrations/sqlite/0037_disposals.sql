-- 处置: what the unit that answers for things asks for, by which decision and for whom, before somebody approves it. What was approved
-- and done are entries.
create table disposal_requests (
    id         blob   not null primary key,
    unit       blob   not null references units (id),
    requester  blob   not null references persons (id),
    outcome    text   not null,
    decision   text   not null,
    recipient  text,
    purpose    text   not null,
    asked_at   bigint not null,
    refused_by blob   references persons (id),
    refusal    text
);
create index disposal_requests_unit on disposal_requests (unit, asked_at);

create table disposal_request_lines (
    request  blob   not null references disposal_requests (id),
    item     blob   not null references items (id),
    quantity bigint not null,
    primary key (request, item)
);
create index disposal_request_lines_item on disposal_request_lines (item);
