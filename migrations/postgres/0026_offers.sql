-- What the giver says of the case beside the things (JSON): suspect, letter and its day, telephone. Of a draft as it is kept, of an
-- offer as it was signed. And a court's own way back.
-- In the engine's own words: the check of a column cannot be changed in one of them, so that there the tables are copied.
alter table handovers add column told text not null default '{}';
alter table handovers drop constraint handovers_purpose_check;
alter table handovers add constraint handovers_purpose_check check (purpose in ('to_prosecution', 'to_trial', 'sent_back',
    'returned_to_prosecution', 'appeal', 'jurisdiction', 'to_execution'));
