set local role ops_owner;

-- For the daily report of drift. Rows come in the order of time: a summary of
-- each block's range finds a day; it costs an insert next to nothing.
create index if not exists decision_log_decided_at_idx
on ops.decision_log using brin (decided_at) with (autosummarize = on);

reset role;
