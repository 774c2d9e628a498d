-- What a responsible unit asks an approver for. The approval itself is an entry, under the id of what was asked for; only the
-- wish is kept here, and a refusal with its reason.
create table approval_requests (
    id         blob   not null primary key,
    act        text   not null,
    unit       blob   not null references units (id),
    requester  blob   not null references persons (id),
    borrower   blob   not null references persons (id),
    purpose    text   not null,
    due_at     bigint not null,
    asked_at   bigint not null,
    refused_by blob   references persons (id),
    refusal    text
);
create index approval_requests_unit on approval_requests (unit, asked_at);

create table approval_request_lines (
    request  blob   not null references approval_requests (id),
    item     blob   not null references items (id),
    quantity bigint not null,
    primary key (request, item)
);
