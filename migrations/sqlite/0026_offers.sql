-- What the giver says of the case beside the things (JSON): suspect, letter and its day, telephone. Of a draft as it is kept, of an
-- offer as it was signed. And a court's own way back.
-- In the engine's own words: the check of a column cannot be changed in one of them, so that there the tables are copied.
create table handovers_anew (
    id           blob   not null primary key,
    purpose      text   not null check (purpose in ('to_prosecution', 'to_trial', 'sent_back', 'returned_to_prosecution',
        'appeal', 'jurisdiction', 'to_execution')),
    state        text   not null check (state in ('draft', 'offered', 'concluded', 'withdrawn', 'expired')),
    from_unit    blob   not null references units (id),
    from_case    blob   not null references cases (id),
    to_unit      blob   not null references units (id),
    to_case      blob,
    made_by      blob   not null references persons (id),
    made_at      bigint not null,
    expires_at   bigint not null,
    giver        blob,
    offer_digest text,
    offer_seq    bigint,
    end_seq      bigint,
    told         text   not null default '{}'
);
insert into handovers_anew (id, purpose, state, from_unit, from_case, to_unit, to_case, made_by, made_at, expires_at, giver,
        offer_digest, offer_seq, end_seq)
    select id, purpose, state, from_unit, from_case, to_unit, to_case, made_by, made_at, expires_at, giver, offer_digest,
        offer_seq, end_seq from handovers;

create table handover_lines_anew (
    handover   blob   not null references handovers_anew (id),
    line       bigint not null,
    item       blob   not null references items (id),
    quantity   bigint not null,
    suggestion text   not null,
    answer     text   check (answer in ('accepted', 'accepted_with_remark', 'refused')),
    note       text,
    primary key (handover, line)
);
insert into handover_lines_anew select handover, line, item, quantity, suggestion, answer, note from handover_lines;

drop table handover_lines;
drop table handovers;
alter table handovers_anew rename to handovers;
alter table handover_lines_anew rename to handover_lines;

create index handovers_from on handovers (from_unit, state);
create index handovers_to on handovers (to_unit, state);
create index handovers_offered on handovers (offer_seq);
create index handovers_ended on handovers (end_seq);
create index handover_lines_item on handover_lines (item);
