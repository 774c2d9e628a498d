-- Labels that name nothing yet: printed ahead on rolls, or kept by a station for the time without a server. Each is blank
-- until the first thing it is stuck on claims it, or void. And what stations took in, or saw, while no server was there.

create table label_blocks (
    id         uuid   not null primary key,
    unit       uuid   not null references units (id),
    station    uuid   not null references stations (id),
    purpose    text   not null check (purpose in ('roll', 'off_line')),
    ordered_by uuid   not null references persons (id),
    ordered_at bigint not null,
    -- When the station said that it keeps them.
    kept_at    bigint
);
create index label_blocks_unit on label_blocks (unit, ordered_at);

create table blank_labels (
    -- What the label says, without check characters: another number of the thing that claims it.
    number     text   not null primary key,
    block      uuid   not null references label_blocks (id),
    place      bigint not null,
    state      text   not null check (state in ('blank', 'claimed', 'void')),
    item       uuid,
    changed_at bigint,
    changed_by uuid,
    reason     text,
    -- The picture (JSON), until the station keeps it.
    raster     text,
    unique (block, place)
);
create index blank_labels_item on blank_labels (item) where item is not null;

create table off_line_receipts (
    station     uuid   not null references stations (id),
    number      bigint not null,
    -- What the label says, without check characters; as it was typed when it is none of ours.
    label       text   not null,
    receipt     text   not null,
    paper       text   not null,
    paper_line  bigint,
    observed_at bigint not null,
    received_at bigint not null,
    -- How far the station's clock was ahead of the server's, in microseconds.
    ahead       bigint not null,
    state       text   not null check (state in ('waiting', 'entered', 'set_aside')),
    item        uuid,
    difference  uuid,
    settled_by  uuid,
    settled_at  bigint,
    primary key (station, number)
);
create index off_line_receipts_label on off_line_receipts (label);
create index off_line_receipts_line on off_line_receipts (paper, paper_line);
create index off_line_receipts_state on off_line_receipts (state, station);

create table off_line_sightings (
    station     uuid   not null references stations (id),
    number      bigint not null,
    session     uuid   not null,
    slot        text   not null,
    code        text   not null,
    counted_by  text   not null,
    observed_at bigint not null,
    received_at bigint not null,
    ahead       bigint not null,
    -- The count it was placed into.
    count_id    uuid,
    primary key (station, number)
);
create index off_line_sightings_session on off_line_sightings (session);

-- What was taken in without a server is looked for by the number of its list.
create index items_paper on items (paper_number, paper_line);
