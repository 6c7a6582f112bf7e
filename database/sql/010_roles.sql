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
