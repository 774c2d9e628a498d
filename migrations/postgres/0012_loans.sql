-- What a responsible unit asks an approver for. The approval itself is an entry, under the id of what was asked for; only the
-- wish is kept here, and a refusal with its reason.
create table approval_requests (
    id         uuid   not null primary key,
    act        text   not null,
    unit       uuid   not null references units (id),
    requester  uuid   not null references persons (id),
    borrower   uuid   not null references persons (id),
    purpose    text   not null,
    due_at     bigint not null,
    asked_at   bigint not null,
    refused_by uuid   references persons (id),
    refusal    text
);
create index approval_requests_unit on approval_requests (unit, asked_at);

create table approval_request_lines (
    request  uuid   not null references approval_requests (id),
    item     uuid   not null references items (id),
    quantity bigint not null,
    primary key (request, item)
);
