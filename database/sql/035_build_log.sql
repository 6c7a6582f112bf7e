set local role ops_owner;

create table if not exists ops.build_log (
    build_id bigint generated always as identity primary key,
    table_name text not null,
    built_at timestamptz not null default clock_timestamp(),
    load_id bigint,
    batch_id bigint not null,
    build_mode text not null check (build_mode in ('full', 'appended'))
);

alter table ops.build_log add column if not exists definition text;

create index if not exists build_log_table_name_idx
on ops.build_log (table_name, build_id desc);

comment on table ops.build_log is
'One row per build of a keyed table, committed with its rows.';
comment on column ops.build_log.load_id is
'The last load that replaced a landing table and that the rows tell of.';
comment on column ops.build_log.batch_id is
'The last appended batch that the rows tell of, 0 for none.';
comment on column ops.build_log.definition is
'MD5 of the SQL that the rows were computed by, and of the views it reads.';

reset role;
