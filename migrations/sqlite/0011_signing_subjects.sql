-- What is signed is about a subject of some kind: a handover today. Which acts are signed is declared in the program and in no
-- list here.
create table signings_by_subject (
    id           blob   not null primary key,
    station      blob   not null references stations (id),
    person       blob   not null,
    act          text   not null,
    subject_kind text   not null,
    subject      blob   not null,
    statement    blob   not null,
    title        text   not null,
    words        text   not null,
    state        text   not null check (state in ('asked', 'done', 'declined', 'refused', 'taken_back')),
    answer       text,
    answer_en    text,
    asked_at     bigint not null,
    expires_at   bigint not null
);
insert into signings_by_subject (id, station, person, act, subject_kind, subject, statement, title, words, state, answer,
        answer_en, asked_at, expires_at)
    select id, station, person, act, 'handover', handover, statement, title, words, state, answer, answer_en, asked_at,
        expires_at
    from signings;
drop table signings;
alter table signings_by_subject rename to signings;
create index signings_station on signings (station, state);
create index signings_subject on signings (subject, asked_at);
