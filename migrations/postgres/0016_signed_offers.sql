-- What a statement answers by its digest travels to the station with it: the offer as its giver signed it.
alter table signings add column offer bytea;
