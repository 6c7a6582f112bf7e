set local role ops_owner;

create table if not exists ops.decision_log (
    decision_id uuid primary key,
    client_id bigint not null,
    model_version text not null,
    decided_at timestamptz not null default now(),
    decision text not null check (decision in ('grant', 'review', 'refuse')),
    probability double precision not null check (probability between 0 and 1),
    points integer not null,
    rating text not null,
    threshold double precision not null check (threshold between 0 and 1),
    language text not null, -- noqa: RF04
    inputs jsonb not null,
    response json not null,
    caller text,
    request_id text
);

-- A database from before keeps what jsonb has made of its answers. The hashes
-- stay right: they are of to_jsonb(row), in which both types read alike.
do $$
begin
    if exists (
        select from pg_attribute
        where
            attrelid = 'ops.decision_log'::regclass
            and attname = 'response'
            and atttypid = 'jsonb'::regtype
    ) then
        alter table ops.decision_log
            alter column response type json using response::text::json;
    end if;
end
$$;

create index if not exists decision_log_client_id_idx
on ops.decision_log (client_id, decided_at desc);

-- Inputs are too large for a row's page. They are compressed in a tenth of the
-- time where the server was built with what can.
do $$
begin
    if exists (
        select from pg_settings
        where name = 'default_toast_compression' and 'lz4' = any(enumvals)
    ) and exists (
        select from pg_attribute
        where
            attrelid = 'ops.decision_log'::regclass
            and attname in ('inputs', 'response')
            and attcompression <> 'l'
    ) then
        alter table ops.decision_log
            alter column inputs set compression lz4,
            alter column response set compression lz4;
    end if;
end
$$;

comment on table ops.decision_log is
'Every decision as it was answered. Rows are added, never changed nor removed.';
comment on column ops.decision_log.response is
'The answer, to the letter.';

create or replace function ops.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
    raise exception '%.% is append-only: % is refused',
        tg_table_schema, tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end
$$;

-- Replacing the trigger resets its firing mode, so it is set anew each time.
create or replace trigger append_only
before update or delete or truncate on ops.decision_log
for each statement execute function ops.refuse_change();

-- Always: also in a session that has switched ordinary triggers off.
alter table ops.decision_log enable always trigger append_only;

reset role;
