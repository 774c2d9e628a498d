-- An approval is seen by whoever sees one of its items, a correction by whoever sees what it corrects: from an entry's number
-- to its approval and to its error.
create index approvals_given on approvals (given_seq);
create index declared_errors_corrected on declared_errors (corrected);
