-- What bootstrapping ran at revision 114669e, the first that trained and served
-- a model. Never edited: databases that were made by it are brought up in place.

-- Owner roles hold the objects and cannot log in; login roles are consumers.
-- Roles belong to the whole server: one that exists already is left as it is.
do $$
declare
    role_name text;
begin
    foreach role_name in array array[
        'raw_owner', 'warehouse_owner', 'ops_owner'
    ] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;

    foreach role_name in array array[
        'loader', 'transformer', 'trainer', 'scorer', 'advisor', 'auditor'
    ] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I login', role_name);
        end if;
    end loop;

    -- An administrator without superuser rights may only hand objects over to a
    -- role of which it is a member.
    if not (select rolsuper from pg_roles where rolname = current_user) then
        foreach role_name in array array[
            'raw_owner', 'warehouse_owner', 'ops_owner'
        ] loop
            execute format('grant %I to %I', role_name, current_user);
        end loop;
    end if;
end
$$;

-- What these two create belongs to the owner role, whoever logs in.
grant raw_owner to loader;
alter role loader set role = 'raw_owner';
grant warehouse_owner to transformer;
alter role transformer set role = 'warehouse_owner';

-- Grants decide what a reader may do; these defaults turn a slip into an error
-- and keep a forgotten session from holding up the rebuild of a table.
alter role advisor set default_transaction_read_only = on;
alter role advisor set statement_timeout = '10s';
alter role advisor set idle_in_transaction_session_timeout = '1min';
alter role auditor set default_transaction_read_only = on;
alter role scorer set idle_in_transaction_session_timeout = '1min';

create schema if not exists raw authorization raw_owner;
create schema if not exists staging authorization warehouse_owner;
create schema if not exists marts authorization warehouse_owner;
create schema if not exists features authorization warehouse_owner;
create schema if not exists quarantine authorization warehouse_owner;
create schema if not exists ops authorization ops_owner;

comment on schema raw is
'Landing tables: the files as they came.';
comment on schema staging is
'Views that rename, type and clean the landing tables.';
comment on schema marts is
'Keyed dimensions and facts for people and programs.';
comment on schema features is
'What the model reads, one row per client.';
comment on schema quarantine is
'Rows that no key can hold, each with its reason.';
comment on schema ops is
'Load log and decision log.';

set local role ops_owner;

create table if not exists ops.load_log (
    load_id bigint generated always as identity primary key,
    table_name text not null,
    file_name text,
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    row_count bigint not null check (row_count >= 0),
    byte_count bigint check (byte_count >= 0),
    started_at timestamptz not null,
    finished_at timestamptz not null,
    check (finished_at >= started_at),
    check (file_name is not null or row_count = 0)
);

create index if not exists load_log_table_name_idx
on ops.load_log (table_name, load_id desc);

comment on table ops.load_log is
'One row per file loaded into a landing table.';
comment on column ops.load_log.file_name is
'Null when the optional file was absent.';

reset role;

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
    response jsonb not null,
    caller text,
    request_id text
);

create index if not exists decision_log_client_id_idx
on ops.decision_log (client_id, decided_at desc);

comment on table ops.decision_log is
'Every decision as it was answered. Rows are added, never changed nor removed.';
comment on column ops.decision_log.inputs is
'The feature values the model saw.';
comment on column ops.decision_log.response is
'The answer, word for word.';

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

-- Nobody reaches the database, or creates anything in it, by default.
do $$
declare
    database_name text := current_database();
begin
    execute format('revoke all on database %I from public', database_name);
    execute format(
        'grant connect on database %I'
        ' to loader, transformer, trainer, scorer, advisor, auditor',
        database_name
    );
    execute format(
        'grant temporary on database %I to raw_owner, warehouse_owner', database_name
    );
end
$$;

revoke all on schema public from public;

-- Each grant is made twice: for the tables there are, and as a default for the
-- role that will create the next ones.

-- raw: the transformer builds from it, the auditor checks it.
grant usage on schema raw to warehouse_owner, auditor;
grant select on all tables in schema raw to warehouse_owner, auditor;
alter default privileges for role raw_owner in schema raw
grant select on tables to warehouse_owner, auditor;

-- staging and quarantine: workings of the transformer, for the auditor only.
grant usage on schema staging, quarantine to auditor;
grant select on all tables in schema staging, quarantine to auditor;
alter default privileges for role warehouse_owner in schema staging, quarantine
grant select on tables to auditor;

-- marts and features: what people and programs read.
grant usage on schema marts, features to trainer, scorer, advisor, auditor;
grant select on all tables in schema marts, features
to trainer, scorer, advisor, auditor;
alter default privileges for role warehouse_owner in schema marts, features
grant select on tables to trainer, scorer, advisor, auditor;

-- ops: each writer adds to its own log and can read it back.
grant usage on schema ops to raw_owner, warehouse_owner, scorer, auditor;
grant select, insert on ops.load_log to raw_owner;
grant select on ops.load_log to warehouse_owner;
grant select, insert on ops.decision_log to scorer;
grant select on all tables in schema ops to auditor;
alter default privileges for role ops_owner in schema ops
grant select on tables to auditor;
