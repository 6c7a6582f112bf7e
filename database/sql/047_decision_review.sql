-- What people decided after the model: rows are added, never changed nor
-- removed, and carry a hash chain of their own, made as that of the decisions.
set local role ops_owner;

create table if not exists ops.decision_review (
    review_id uuid primary key,
    decision_id uuid not null,
    reviewed_at timestamptz not null,
    decision text not null check (decision in ('grant', 'refuse')),
    motive text not null check (length(motive) between 1 and 2000),
    advisor text not null check (length(advisor) between 1 and 100),
    caller text not null,
    request_id text not null,
    decision_hash bytea not null check (octet_length(decision_hash) = 32),
    chain_number bigint not null,
    previous_hash bytea not null check (octet_length(previous_hash) = 32),
    row_hash bytea not null check (octet_length(row_hash) = 32)
);

create index if not exists decision_review_decision_id_idx
on ops.decision_review (decision_id, chain_number);

create unique index if not exists decision_review_chain_number_idx
on ops.decision_review (chain_number);

comment on table ops.decision_review is
'What advisors decided themselves, and why. Several for one decision are kept.';
comment on column ops.decision_review.decision_hash is
'The row_hash of the decision as it stood in ops.decision_log.';
comment on column ops.decision_review.chain_number is
'1, 2, 3 … without a gap, in the order of the commits.';
comment on column ops.decision_review.previous_hash is
'The row_hash of the review before; 32 zero bytes for the first.';
comment on column ops.decision_review.row_hash is
'SHA-256 of every other column: to_jsonb(row) - ''row_hash'' as text in UTF-8.';

create table if not exists ops.review_chain (
    is_only boolean primary key default true check (is_only),
    length bigint not null check (length >= 0), -- noqa: RF04
    head bytea not null check (octet_length(head) = 32)
);

comment on table ops.review_chain is
'Length and last hash of the chain in ops.decision_review; empty at first.';

-- The text of a number, a time and a hash depends on these three settings.
create or replace function ops.review_hash(entry ops.decision_review)
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

create or replace function ops.chain_review() returns trigger
language plpgsql
security definer -- who adds a review has no right to the head of the chain
set search_path = pg_catalog, pg_temp
as $$
declare
    chain ops.review_chain;
begin
    -- Decisions are never removed, so no foreign key need watch afterwards.
    select row_hash into new.decision_hash
    from ops.decision_log
    where decision_id = new.decision_id;
    if not found then
        raise exception 'ops.decision_log has no such decision'
            using errcode = 'foreign_key_violation';
    end if;

    insert into ops.review_chain (length, head)
    values (0, decode(repeat('00', 32), 'hex'))
    on conflict (is_only) do nothing;

    -- Held until the transaction ends: one review after another.
    select * into strict chain from ops.review_chain for update;

    new.chain_number := chain.length + 1;
    new.previous_hash := chain.head;
    new.row_hash := null;
    new.row_hash := ops.review_hash(new);

    -- A review that is there already is passed over, or refused, after this.
    if not exists (
        select from ops.decision_review where review_id = new.review_id
    ) then
        update ops.review_chain
        set length = new.chain_number, head = new.row_hash;
    end if;
    return new;
end
$$;

create or replace trigger append_only
before update or delete or truncate on ops.decision_review
for each statement execute function ops.refuse_change();

create or replace trigger chain_review
before insert on ops.decision_review
for each row execute function ops.chain_review();

-- Replacing a trigger resets its firing mode, so it is set anew each time.
alter table ops.decision_review enable always trigger append_only;
alter table ops.decision_review enable always trigger chain_review;

reset role;
