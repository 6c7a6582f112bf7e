-- Who may sign in to the dashboard, who did, and whose data they saw.
do $$
begin
    if not exists (select from pg_roles where rolname = 'registrar') then
        create role registrar nologin;
    end if;
    -- As in 010_roles: without superuser rights it takes a membership to become it.
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant registrar to %I', current_user);
    end if;
end
$$;

set local role ops_owner;

create table if not exists ops.dashboard_user (
    login text primary key -- noqa: RF04
    check (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    full_name text not null check (length(full_name) between 1 and 100),
    role_name text not null check (role_name in ('advisor', 'manager')),
    password_hash text not null check (password_hash like '$argon2id$%'),
    password_changed_at timestamptz not null default now(),
    valid_from timestamptz not null default now(),
    disabled_at timestamptz,
    created_at timestamptz not null default now()
);

comment on table ops.dashboard_user is
'Who may sign in to the dashboard. Nobody is removed: the logs name them.';
comment on column ops.dashboard_user.password_hash is
'Argon2id in the PHC string format, with its salt and parameters.';
comment on column ops.dashboard_user.valid_from is
'Sign-ins of before are over: a new password, role or ban ends them.';
comment on column ops.dashboard_user.disabled_at is
'Null while the person may sign in.';

create table if not exists ops.sign_in_event (
    event_id bigint generated always as identity primary key,
    happened_at timestamptz not null default clock_timestamp(),
    event text not null -- noqa: RF04
    check (event in ('signed_in', 'failed', 'signed_out')),
    login text references ops.dashboard_user (login), -- noqa: RF04
    login_hash bytea check (octet_length(login_hash) = 32),
    address inet not null,
    sign_in_id uuid,
    check ((event in ('signed_in', 'signed_out')) = (sign_in_id is not null)),
    check (sign_in_id is null or login is not null)
);

create unique index if not exists sign_in_event_sign_in_id_idx
on ops.sign_in_event (sign_in_id, event);

create index if not exists sign_in_event_happened_at_idx
on ops.sign_in_event (happened_at);

comment on table ops.sign_in_event is
'Sign-ins, their ends and failures. Rows are added, never changed nor removed.';
comment on column ops.sign_in_event.login is
'Null where nobody has the login typed: people type passwords there.';
comment on column ops.sign_in_event.login_hash is
'HMAC-SHA256 of what was typed under the dashboard''s secret: counts attempts.';

create table if not exists ops.client_view (
    view_id bigint generated always as identity primary key,
    viewed_at timestamptz not null default clock_timestamp(),
    login text not null -- noqa: RF04
    references ops.dashboard_user (login),
    sign_in_id uuid not null,
    client_id bigint not null,
    what text not null check (what in ('listed', 'opened', 'letter', 'export'))
);

create index if not exists client_view_client_id_idx
on ops.client_view (client_id, viewed_at desc);

create index if not exists client_view_login_idx
on ops.client_view (login, viewed_at desc);

comment on table ops.client_view is
'Who saw which client''s data, written before it is shown. Rows are added,'
' never changed nor removed.';

create or replace trigger append_only
before update or delete or truncate on ops.sign_in_event
for each statement execute function ops.refuse_change();

create or replace trigger append_only
before update or delete or truncate on ops.client_view
for each statement execute function ops.refuse_change();

create or replace trigger append_only
before delete or truncate on ops.dashboard_user
for each statement execute function ops.refuse_change();

-- Replacing a trigger resets its firing mode, so it is set anew each time.
alter table ops.sign_in_event enable always trigger append_only;
alter table ops.client_view enable always trigger append_only;
alter table ops.dashboard_user enable always trigger append_only;

reset role;
