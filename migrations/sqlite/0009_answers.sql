-- Why a signature did not count, in English; `answer` has it in Chinese. What a person said is in `answer` alone.
alter table signings add column answer_en text;
