-- Which decisions were answered under a caller's Idempotency-Key. This is no
-- log: after a week a key is free again, while its decisions stay in theirs.
set local role ops_owner;

create table if not exists ops.idempotent_call (
    caller text not null,
    key_hash bytea not null check (octet_length(key_hash) = 32),
    request_hash bytea not null check (octet_length(request_hash) = 32),
    call_id uuid not null unique,
    decision_ids uuid[] not null,
    called_at timestamptz not null default now(),
    primary key (caller, key_hash)
);

create index if not exists idempotent_call_called_at_idx
on ops.idempotent_call (called_at);

comment on table ops.idempotent_call is
'One row per call under a key, added with its decisions, kept for 7 days.';
comment on column ops.idempotent_call.key_hash is
'SHA-256 of the key: a caller may have put anything into it.';
comment on column ops.idempotent_call.request_hash is
'SHA-256 of what was asked: clients, language, whether with reasons.';
comment on column ops.idempotent_call.call_id is
'Of the attempt that has the key; one that is repeated finds itself.';
comment on column ops.idempotent_call.decision_ids is
'In the order of the answer, null where a client was unknown.';

create or replace function ops.forget_calls() returns trigger
language plpgsql
security definer -- who adds a call has no right to remove one
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A few with each new one: old ones never wait long, nor does a caller.
    delete from ops.idempotent_call
    where call_id in (
        select call_id from ops.idempotent_call
        where called_at < now() - interval '7 days'
        order by called_at
        limit 100
        for update skip locked
    );
    return null;
end
$$;

create or replace trigger forget_calls
before insert on ops.idempotent_call
for each statement execute function ops.forget_calls();

reset role;
