-- The journal, the books that follow from it, and the people, places and papers around it.
--
-- Everything from `stock_balances` to `counts` can be derived again from the journal (`hufu verify` does), so a wrong
-- row there is found; the journal itself refuses to be changed.

create table ledger_settings (
    id         bigint not null primary key check (id = 1),
    origin     text   not null,
    suite      text   not null check (suite in ('sm', 'c2sp')),
    created_at bigint not null
);

create table journal (
    seq         bigint not null primary key check (seq > 0),
    id          uuid   not null unique,
    kind        text   not null,
    happened_at bigint not null,
    recorded_at bigint not null,
    actor       uuid   not null,
    unit        uuid   not null,
    entry       bytea  not null,
    leaf        bytea  not null
);
create index journal_kind on journal (kind, seq);

create table postings (
    seq     bigint not null references journal (seq),
    line    bigint not null,
    item    uuid   not null,
    book    text   not null check (book in ('stock', 'duty')),
    kind    text   not null,
    place   uuid   not null,
    case_id uuid   not null,
    change  bigint not null check (change <> 0),
    primary key (seq, line)
);
create index postings_item on postings (item, seq);
create index postings_place on postings (kind, place, seq);
create index postings_case on postings (case_id, item) where book = 'duty';

-- One tree head per commit. The previous root is unique, so a fork is a loud error.
create table heads (
    size          bigint not null primary key,
    root          bytea  not null,
    previous_root bytea  not null unique,
    frontier      bytea  not null,
    recorded_at   bigint not null
);

create table stock_balances (
    item     uuid   not null,
    kind     text   not null,
    place    uuid   not null,
    quantity bigint not null,
    primary key (item, kind, place)
);
create index stock_balances_place on stock_balances (kind, place);

create table duty_balances (
    item     uuid   not null,
    kind     text   not null check (kind in ('none', 'party', 'closed')),
    unit     uuid   not null,
    case_id  uuid   not null,
    quantity bigint not null,
    primary key (item, kind, unit, case_id)
);
create index duty_balances_party on duty_balances (unit, case_id);
create index duty_balances_case on duty_balances (case_id);

create table agencies (
    id   uuid not null primary key,
    kind text not null check (kind in ('police', 'procuratorate', 'court', 'finance', 'operator', 'oversight')),
    name text not null unique
);

create table units (
    id     uuid not null primary key,
    agency uuid not null references agencies (id),
    name   text not null,
    unique (agency, name)
);

create table persons (
    id            uuid    not null primary key,
    unit          uuid    not null references units (id),
    name          text    not null,
    login         text    not null unique,
    password_hash text    not null,
    must_change   boolean not null,
    disabled      boolean not null
);

create table person_roles (
    person uuid not null references persons (id),
    role   text not null check (role in
        ('officer', 'clerk', 'custodian', 'approver', 'auditor', 'administrator', 'operator')),
    primary key (person, role)
);

create table stores (
    id   uuid not null primary key,
    kind text not null check (kind in ('centre', 'evidence_room', 'vault', 'cold', 'lot', 'bank')),
    name text not null unique,
    unit uuid not null references units (id)
);

create table slots (
    id       uuid   not null primary key,
    store    uuid   not null references stores (id),
    zone     text   not null,
    name     text   not null,
    code     text   not null unique,
    capacity bigint not null,
    unique (store, name)
);

-- Which custodian answers for which store, with dates.
create table assignments (
    person   uuid   not null references persons (id),
    store    uuid   not null references stores (id),
    from_at  bigint not null,
    until_at bigint,
    primary key (person, store, from_at)
);

create table cases (
    id        uuid   not null primary key,
    matter    uuid   not null,
    unit      uuid   not null references units (id),
    number    text   not null,
    name      text   not null,
    stage     text   not null check (stage in ('investigation', 'prosecution', 'trial', 'execution')),
    officer   uuid   references persons (id),
    opened_at bigint not null,
    unique (unit, number)
);
create index cases_matter on cases (matter);

create table items (
    id            uuid    not null primary key,
    number        text    not null unique,
    case_id       uuid    not null references cases (id),
    name          text    not null,
    category      text    not null,
    features      text    not null,
    measure       text    not null check (measure in ('piece', 'mg', 'ul', 'minor')),
    currency      text,
    quantity      bigint  not null check (quantity > 0),
    counted_as    text,
    parent        uuid,
    seized_seq    bigint  not null references journal (seq),
    seized_at     bigint  not null,
    seized_by     uuid    not null,
    owed_by       uuid    not null,
    paper_number  text    not null,
    paper_line    bigint  not null,
    on_offer      uuid,
    label_code    text,
    label_copy    bigint,
    seal          text,
    gross_mg      bigint,
    received_at   bigint,
    open_quantity bigint  not null,
    search_text   text    not null
);
create index items_case on items (case_id, paper_line);

create table photographs (
    item   uuid   not null references items (id),
    digest text   not null,
    seq    bigint not null references journal (seq),
    primary key (item, digest)
);

create table attachments (
    digest     text   not null primary key,
    media_type text   not null,
    content    bytea  not null,
    added_at   bigint not null,
    added_by   uuid   not null
);

create table handovers (
    id           uuid   not null primary key,
    purpose      text   not null check (purpose in
        ('to_prosecution', 'to_trial', 'sent_back', 'appeal', 'jurisdiction', 'to_execution')),
    state        text   not null check (state in ('draft', 'offered', 'concluded', 'withdrawn', 'expired')),
    from_unit    uuid   not null references units (id),
    from_case    uuid   not null references cases (id),
    to_unit      uuid   not null references units (id),
    to_case      uuid,
    made_by      uuid   not null references persons (id),
    made_at      bigint not null,
    expires_at   bigint not null,
    giver        uuid,
    offer_digest text,
    offer_seq    bigint,
    end_seq      bigint
);
create index handovers_from on handovers (from_unit, state);
create index handovers_to on handovers (to_unit, state);
create index handovers_offered on handovers (offer_seq);
create index handovers_ended on handovers (end_seq);

create table handover_lines (
    handover   uuid   not null references handovers (id),
    line       bigint not null,
    item       uuid   not null references items (id),
    quantity   bigint not null,
    suggestion text   not null,
    answer     text   check (answer in ('accepted', 'accepted_with_remark', 'refused')),
    note       text,
    primary key (handover, line)
);
create index handover_lines_item on handover_lines (item);

create table approvals (
    id         uuid   not null primary key,
    act        text   not null check (act in ('check_out', 'dispose', 'declare_loss', 'correct')),
    approver   uuid   not null,
    requester  uuid   not null,
    purpose    text   not null,
    expires_at bigint not null,
    given_seq  bigint not null,
    used_seq   bigint
);

create table approval_lines (
    approval uuid   not null references approvals (id),
    item     uuid   not null,
    quantity bigint not null,
    primary key (approval, item)
);

create table differences (
    id          uuid   not null primary key,
    class       text   not null,
    item        uuid,
    finding     text   not null,
    owner       uuid   not null references units (id),
    due_at      bigint not null,
    raised_seq  bigint not null,
    settled_seq bigint,
    settlement  text
);
create index differences_open on differences (settled_seq, due_at);
create index differences_item on differences (item);
create index differences_raised on differences (raised_seq);

create table counts (
    id            uuid   not null primary key,
    store         uuid   not null references stores (id),
    zone          text,
    as_of         bigint not null,
    started_by    uuid   not null,
    started_at    bigint not null,
    -- From here on nothing more is observed; the statement follows.
    closed_at     bigint,
    statement_seq bigint
);

create table count_observations (
    count_id    uuid   not null references counts (id),
    number      bigint not null,
    code        text   not null,
    slot        uuid,
    item        uuid,
    seal        text,
    quantity    bigint,
    journal_at  bigint not null,
    observed_at bigint not null,
    observed_by uuid   not null,
    primary key (count_id, number)
);
create index count_observations_item on count_observations (count_id, item);

create table declared_errors (
    declaration bigint not null primary key,
    wrong_seq   bigint not null unique,
    corrected   bigint
);

-- What is being worked on at a counter before it is recorded: nothing typed or read is lost.
create table counter_lines (
    item       uuid   not null primary key,
    draft      text   not null,
    updated_at bigint not null,
    updated_by uuid   not null
);

create table counters (
    station    uuid   not null primary key,
    person     uuid   not null,
    activity   text   not null,
    updated_at bigint not null
);

create table imports (
    id         uuid   not null primary key,
    unit       uuid   not null,
    person     uuid   not null,
    file_name  text   not null,
    digest     text   not null,
    draft      text   not null,
    created_at bigint not null,
    entry_seq  bigint
);

create table papers (
    id         uuid   not null primary key,
    kind       text   not null,
    number     text   not null unique,
    seq        bigint not null,
    check_code text   not null unique,
    made_at    bigint not null
);
create index papers_seq on papers (seq);

create table stations (
    id         uuid    not null primary key,
    unit       uuid    not null references units (id),
    name       text    not null unique,
    page       text    not null,
    token      bytea   not null unique,
    disabled   boolean not null
);

-- `answer` is null until the observation has been handled: what was kept and not answered is handled when it comes again.
create table station_events (
    station     uuid   not null references stations (id),
    number      bigint not null,
    observed_at bigint not null,
    received_at bigint not null,
    event       text   not null,
    answer      text,
    primary key (station, number)
);

create table print_jobs (
    id         uuid   not null primary key,
    station    uuid   not null references stations (id),
    item       uuid,
    code       text   not null,
    copy       bigint not null,
    title      text   not null,
    reason     text,
    state      text   not null check (state in ('queued', 'sent', 'confirmed', 'unknown', 'failed')),
    why        text,
    raster     text   not null,
    created_at bigint not null,
    created_by uuid   not null
);
create index print_jobs_item on print_jobs (item, copy);
create index print_jobs_code on print_jobs (code);

create table agency_keys (
    key        text   not null primary key,
    unit       uuid   not null references units (id),
    public_pem text   not null,
    added_at   bigint not null,
    revoked_at bigint
);

create table signings (
    id         uuid   not null primary key,
    station    uuid   not null references stations (id),
    person     uuid   not null,
    act        text   not null check (act in ('offer', 'conclude')),
    handover   uuid   not null,
    statement  bytea  not null,
    title      text   not null,
    words      text   not null,
    state      text   not null check (state in ('asked', 'done', 'declined', 'refused', 'taken_back')),
    answer     text,
    asked_at   bigint not null,
    expires_at bigint not null
);
create index signings_station on signings (station, state);

create table sessions (
    token      bytea  not null primary key,
    id         uuid   not null unique,
    person     uuid   not null references persons (id),
    csrf       text   not null,
    station    uuid,
    language   text   not null,
    created_at bigint not null,
    expires_at bigint not null
);

create table login_failures (
    login        text   not null primary key,
    failures     bigint not null,
    locked_until bigint not null
);

create table number_series (
    series text   not null primary key,
    next   bigint not null
);

create function journal_refuses() returns trigger language plpgsql as
    $$ begin raise exception 'the journal is append-only'; end $$;
create trigger journal_is_never_changed before update or delete on journal for each row execute function journal_refuses();
create trigger postings_are_never_changed before update or delete on postings for each row execute function journal_refuses();
create trigger heads_are_never_changed before update or delete on heads for each row execute function journal_refuses();
create trigger journal_is_never_emptied before truncate on journal execute function journal_refuses();
create trigger postings_are_never_emptied before truncate on postings execute function journal_refuses();
create trigger heads_are_never_emptied before truncate on heads execute function journal_refuses();
