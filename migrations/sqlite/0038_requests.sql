-- 申请: what a unit that answers for things asks for before somebody approves it: a loan, a disposal, a loss. One table for all acts that
-- an approval lets happen once; what was approved and done are entries. Before, each act had tables of its own.
create table requests (
    id         blob   not null primary key,
    act        text   not null,
    unit       blob   not null references units (id),
    requester  blob   not null references persons (id),
    purpose    text   not null,
    asked_at   bigint not null,
    refused_by blob   references persons (id),
    refusal    text,
    borrower   blob   references persons (id),
    due_at     bigint,
    outcome    text,
    decision   text,
    recipient  text,
    cause      text,
    liable     blob   references persons (id),
    report     text
);
create index requests_unit on requests (unit, act, asked_at);

create table request_lines (
    request  blob   not null references requests (id),
    item     blob   not null references items (id),
    quantity bigint not null,
    primary key (request, item)
);
create index request_lines_item on request_lines (item);

insert into requests (id, act, unit, requester, purpose, asked_at, refused_by, refusal, borrower, due_at)
select id, act, unit, requester, purpose, asked_at, refused_by, refusal, borrower, due_at from approval_requests;
insert into requests (id, act, unit, requester, purpose, asked_at, refused_by, refusal, outcome, decision, recipient)
select id, 'dispose', unit, requester, purpose, asked_at, refused_by, refusal, outcome, decision, recipient from disposal_requests;
insert into request_lines (request, item, quantity) select request, item, quantity from approval_request_lines;
insert into request_lines (request, item, quantity) select request, item, quantity from disposal_request_lines;
drop table approval_request_lines;
drop table disposal_request_lines;
drop table approval_requests;
drop table disposal_requests;
