set local role ops_owner;

create table if not exists ops.appended_batch (
    batch_id bigint generated always as identity primary key,
    appended_at timestamptz not null default now()
);

create table if not exists ops.appended_client (
    batch_id bigint not null references ops.appended_batch (batch_id),
    client_id bigint not null,
    primary key (batch_id, client_id)
);

create table if not exists ops.appended_bureau_credit (
    batch_id bigint not null references ops.appended_batch (batch_id),
    bureau_credit_id bigint not null,
    primary key (batch_id, bureau_credit_id)
);

alter table ops.load_log
add column if not exists batch_id bigint
references ops.appended_batch (batch_id);

comment on table ops.appended_batch is
'Sets of files whose rows were added to the landing tables, all or nothing.';
comment on table ops.appended_client is
'The clients of a batch: every SK_ID_CURR in any of its files, and the client'
' of every SK_ID_BUREAU in its bureau_balance.';
comment on table ops.appended_bureau_credit is
'The SK_ID_BUREAU of a batch''s bureau_balance, known to bureau or not.';
comment on column ops.load_log.batch_id is
'Null where the file replaced the table, else the batch that added its rows.';

reset role;
