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
