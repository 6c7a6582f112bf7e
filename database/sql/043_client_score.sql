-- Every client scored by the champion, for a view of them all. No decision:
-- those stand in ops.decision_log.
set local role ops_owner;

create table if not exists ops.client_score (
    client_id bigint primary key,
    model_version text not null,
    scored_at timestamptz not null,
    probability double precision not null check (probability between 0 and 1),
    points integer not null,
    rating text not null,
    decision text not null check (decision in ('grant', 'review', 'refuse'))
);

comment on table ops.client_score is
'All clients scored at once: their place among each other. Replaced whole.';
comment on column ops.client_score.decision is
'What the model would decide. Nobody was told, nothing was granted or refused.';

create table if not exists ops.client_score_run (
    run_id bigint generated always as identity primary key,
    model_version text not null,
    client_count bigint not null check (client_count >= 0),
    fingerprint text not null,
    scored_at timestamptz not null
);

comment on table ops.client_score_run is
'One row per replacement of ops.client_score, committed with its rows.';
comment on column ops.client_score_run.fingerprint is
'Sum of the hashes of the feature rows that were scored.';

reset role;
