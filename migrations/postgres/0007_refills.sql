-- A block of spare labels that a counter was given by itself, because the block it follows was half used.
alter table label_blocks add column follows uuid;
