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

create table if not exists ops.completed_load (
    last_load_id bigint primary key references ops.load_log (load_id),
    source_name text not null,
    completed_at timestamptz not null default now()
);

comment on table ops.completed_load is
'One row per load of a whole source that reached its end. A later row of'
' the load log that replaced a table means a load under way or broken off:'
' the landing tables then come from two sources.';
comment on column ops.completed_load.last_load_id is
'The load log''s last row at the end of the load.';

alter table ops.completed_load
add column if not exists is_invented boolean;

comment on column ops.completed_load.is_invented is
'Whether the source says of itself that no real client is in it. Null where'
' an earlier program loaded it.';

reset role;
