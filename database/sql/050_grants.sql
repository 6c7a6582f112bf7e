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

-- PostgreSQL lets everybody call a new function and use a new type; here nobody
-- may who was not named. Such a default can be taken back for all schemas only.
revoke all on all functions
in schema raw, staging, marts, features, quarantine, ops
from public;
alter default privileges for role raw_owner, warehouse_owner, ops_owner
revoke execute on functions from public;
alter default privileges for role raw_owner, warehouse_owner, ops_owner
revoke usage on types from public;

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

-- features.what_if: the scorer answers with it, the auditor computes it again.
grant execute on all functions in schema features to scorer, auditor;
alter default privileges for role warehouse_owner in schema features
grant execute on functions to scorer, auditor;

-- ops: each writer adds to its own log and can read it back.
grant usage on schema ops
to raw_owner, warehouse_owner, trainer, scorer, advisor, auditor, registrar;
grant select, insert on
ops.load_log,
ops.completed_load,
ops.appended_batch,
ops.appended_client,
ops.appended_bureau_credit
to raw_owner;
grant select on
ops.load_log,
ops.completed_load,
ops.appended_batch,
ops.appended_client,
ops.appended_bureau_credit
to warehouse_owner;
-- A model's report says what it was trained on.
grant select on ops.completed_load to trainer;
grant select, insert on ops.build_log to warehouse_owner;
grant select, insert on
ops.decision_log,
ops.decision_review,
ops.idempotent_call,
ops.feature_list
to scorer;
grant execute on function ops.named_inputs(jsonb) to scorer, auditor;
-- All clients' scores are replaced as a whole, and read beside the marts.
grant select, insert, delete on ops.client_score to scorer;
grant select, insert on ops.client_score_run to scorer;
grant select on ops.client_score, ops.client_score_run to advisor;
grant select on all tables in schema ops to auditor;
alter default privileges for role ops_owner in schema ops
grant select on tables to auditor;

-- The dashboard checks passwords and adds to its logs; it does not read who saw
-- whom. The registrar keeps the users and reads no hash; nor does the auditor.
grant select on ops.dashboard_user to advisor;
grant select, insert on ops.sign_in_event to advisor;
grant insert on ops.client_view to advisor;
revoke select on ops.dashboard_user from auditor;
grant select (
    login,
    full_name,
    role_name,
    password_changed_at,
    valid_from,
    disabled_at,
    created_at
) on ops.dashboard_user to registrar, auditor;
grant insert on ops.dashboard_user to registrar;
grant update (
    full_name,
    role_name,
    password_hash,
    password_changed_at,
    valid_from,
    disabled_at
) on ops.dashboard_user to registrar;
