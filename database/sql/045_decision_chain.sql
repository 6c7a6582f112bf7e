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

-- The text of a number, a time and a hash depends on these three settings. What
-- is written in plpgsql is prepared once for a session, not at each call.
create or replace function ops.decision_hash(entry ops.decision_log)
returns bytea
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'GMT'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
    return sha256(convert_to((to_jsonb(entry) - 'row_hash')::text, 'UTF8'));
end
$$;

create or replace function ops.open_decision_chain() returns trigger
language plpgsql
security definer -- who adds a decision has no right to the head of the chain
set search_path = pg_catalog, pg_temp
as $$
declare
    chain ops.decision_chain;
begin
    -- Held until the transaction ends: one statement after another.
    select * into chain from ops.decision_chain for update;
    if not found then
        insert into ops.decision_chain (length, head)
        values (0, decode(repeat('00', 32), 'hex'))
        on conflict (is_only) do nothing;
        select * into strict chain from ops.decision_chain for update;
    end if;

    -- Nobody's decisions are chained to what came in past these triggers.
    if (select max(chain_number) from ops.decision_log) > chain.length then
        raise exception 'ops.decision_log has rows behind the end of its chain'
            using
                errcode = 'integrity_constraint_violation',
                hint = 'Run: python -m database verify-log';
    end if;
    return null;
end
$$;

create or replace function ops.chain_decision() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
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

    -- After the row before it in this statement, or after the end of the chain.
    select place.number + 1, place.row_hash
    into strict new.chain_number, new.previous_hash
    from (
        select length as number, head as row_hash from ops.decision_chain
        union all
        (
            select chain_number, row_hash from ops.decision_log
            order by chain_number desc
            limit 1
        )
    ) as place
    order by place.number desc
    limit 1;

    new.row_hash := null;
    new.row_hash := ops.decision_hash(new);
    return new;
end
$$;

-- Once for all rows of a statement: each change of the one row in the table of
-- the chain leaves another dead version for the next to step over.
create or replace function ops.close_decision_chain() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update ops.decision_chain as chain
    set length = latest.chain_number, head = latest.row_hash
    from (
        select chain_number, row_hash from ops.decision_log
        order by chain_number desc
        limit 1
    ) as latest
    where latest.chain_number > chain.length;
    return null;
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

create or replace trigger open_decision_chain
before insert on ops.decision_log
for each statement execute function ops.open_decision_chain();

create or replace trigger chain_decision
before insert on ops.decision_log
for each row execute function ops.chain_decision();

create or replace trigger close_decision_chain
after insert on ops.decision_log
for each statement execute function ops.close_decision_chain();

alter table ops.decision_log enable always trigger open_decision_chain;
alter table ops.decision_log enable always trigger chain_decision;
alter table ops.decision_log enable always trigger close_decision_chain;

reset role;
