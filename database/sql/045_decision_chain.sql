-- Each decision carries its number, the hash of the decision before it and its
-- own: a change by whoever can switch triggers off is seen afterwards.
set local role ops_owner;

create table if not exists ops.decision_chain (
    is_only boolean primary key default true check (is_only),
    length bigint not null check (length >= 0), -- noqa: RF04
    head bytea not null check (octet_length(head) = 32)
);

comment on table ops.decision_chain is
'Length and last hash of the chain in ops.decision_log; empty at first.';

-- The text of a number, a time and a hash depends on these three settings.
create or replace function ops.decision_hash(entry ops.decision_log)
returns bytea
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'GMT'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
    select sha256(convert_to((to_jsonb(entry) - 'row_hash')::text, 'UTF8'))
$$;

create or replace function ops.chain_decision() returns trigger
language plpgsql
security definer -- who adds a decision has no right to the head of the chain
set search_path = pg_catalog, pg_temp
as $$
declare
    chain ops.decision_chain;
begin
    -- Values without their names would tell nobody anything.
    if jsonb_typeof(new.inputs -> 'values') = 'array' and not exists (
        select from ops.feature_list
        where
            names_hash = decode(new.inputs ->> 'names', 'hex')
            and feature_count = jsonb_array_length(new.inputs -> 'values')
    ) then
        raise exception 'ops.feature_list has no such list of names'
            using errcode = 'foreign_key_violation';
    end if;

    insert into ops.decision_chain (length, head)
    values (0, decode(repeat('00', 32), 'hex'))
    on conflict (is_only) do nothing;

    -- Held until the transaction ends: one decision after another.
    select * into strict chain from ops.decision_chain for update;

    new.chain_number := chain.length + 1;
    new.previous_hash := chain.head;
    new.row_hash := null;
    new.row_hash := ops.decision_hash(new);

    -- A decision that is there already is passed over, or refused, after this.
    if not exists (
        select from ops.decision_log where decision_id = new.decision_id
    ) then
        update ops.decision_chain
        set length = new.chain_number, head = new.row_hash;
    end if;
    return new;
end
$$;

-- The decisions of a database that had no chain get into it in the order of
-- their times. The lock that is taken with the trigger keeps all others out.
do $$
declare
    logged uuid;
    chain ops.decision_chain := row(true, 0, decode(repeat('00', 32), 'hex'));
begin
    if exists (
        select from pg_attribute
        where attrelid = 'ops.decision_log'::regclass and attname = 'row_hash'
    ) then
        return;
    end if;
    alter table ops.decision_log
        add column chain_number bigint,
        add column previous_hash bytea check (octet_length(previous_hash) = 32),
        add column row_hash bytea check (octet_length(row_hash) = 32);
    alter table ops.decision_log disable trigger append_only;
    for logged in
        select decision_id from ops.decision_log order by decided_at, decision_id
    loop
        chain.length := chain.length + 1;
        update ops.decision_log
        set chain_number = chain.length, previous_hash = chain.head
        where decision_id = logged;
        update ops.decision_log as entry
        set row_hash = ops.decision_hash(entry)
        where decision_id = logged
        returning row_hash into chain.head;
    end loop;
    if chain.length > 0 then
        insert into ops.decision_chain values (chain.*);
    end if;
    alter table ops.decision_log enable always trigger append_only;
end
$$;

comment on column ops.decision_log.chain_number is
'1, 2, 3 … without a gap, in the order of the commits.';
comment on column ops.decision_log.previous_hash is
'The row_hash of the decision before; 32 zero bytes for the first.';
comment on column ops.decision_log.row_hash is
'SHA-256 of every other column: to_jsonb(row) - ''row_hash'' as text in UTF-8.';

alter table ops.decision_log
alter column chain_number set not null,
alter column previous_hash set not null,
alter column row_hash set not null;

create unique index if not exists decision_log_chain_number_idx
on ops.decision_log (chain_number);

create or replace trigger chain_decision
before insert on ops.decision_log
for each row execute function ops.chain_decision();

alter table ops.decision_log enable always trigger chain_decision;

reset role;
