-- At Ctrl-C dbt ends its own sessions by pg_terminate_backend. That is allowed
-- to members of the session's role, transformer; warehouse_owner is none. This
-- function is found first, and reaches transformer's sessions alone.
create schema if not exists signals authorization transformer;
comment on schema signals is
'How dbt ends its own sessions.';

set local role transformer;

create or replace function signals.pg_terminate_backend(pid integer)
returns boolean
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.pg_terminate_backend(pid)
$$;

revoke all on function signals.pg_terminate_backend(integer) from public;
grant execute on function signals.pg_terminate_backend(integer)
to warehouse_owner;
grant usage on schema signals to warehouse_owner;

reset role;

alter role transformer set search_path = signals, pg_catalog;
