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
            'raw_owner', 'warehouse_owner', 'ops_owner', 'transformer'
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

-- Grants decide what a role may do. The settings below turn a slip into an
-- error, end what was forgotten before it holds others up, and leave room for
-- the scorer, which has no limit: the others may take 70 connections together.

-- Writers: long statements, but none that waits or sits idle for ever.
alter role loader connection limit 10;
alter role loader set statement_timeout = '2h';
alter role loader set idle_in_transaction_session_timeout = '30min';

-- A table is exchanged under a lock for which it waits behind its readers, and
-- new readers wait behind it.
alter role transformer connection limit 20;
alter role transformer set statement_timeout = '2h';
alter role transformer set lock_timeout = '10min';
alter role transformer set idle_in_transaction_session_timeout = '30min';
-- Its aggregates have a group per client: where their table does not fit, it is
-- spilled to disk and read again.
alter role transformer set work_mem = '128MB';
-- count(distinct) sorts the few numbers of each client by itself: to sort all
-- rows once more for it costs more. PostgreSQL 15 has no such choice.
do $$
begin
    if current_setting('server_version_num')::integer >= 160000 then
        alter role transformer set enable_presorted_aggregate = off;
    end if;
end
$$;

-- A transaction left open between two decisions would hold up all the others.
alter role scorer set statement_timeout = '10s';
alter role scorer set idle_in_transaction_session_timeout = '5s';

-- Readers.
alter role trainer connection limit 5;
alter role trainer set default_transaction_read_only = on;
alter role trainer set statement_timeout = '30min';
alter role trainer set lock_timeout = '1min';
alter role trainer set idle_in_transaction_session_timeout = '10min';

-- Three dashboard processes of up to nine each.
alter role advisor connection limit 30;
alter role advisor set default_transaction_read_only = on;
alter role advisor set statement_timeout = '10s';
alter role advisor set idle_in_transaction_session_timeout = '1min';

alter role auditor connection limit 5;
alter role auditor set default_transaction_read_only = on;
alter role auditor set statement_timeout = '30min';
alter role auditor set lock_timeout = '1min';
alter role auditor set idle_in_transaction_session_timeout = '10min';
alter role auditor set idle_session_timeout = '1h';
