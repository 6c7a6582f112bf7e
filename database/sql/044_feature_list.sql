-- The names of a model's inputs, kept once: with them each decision would be
-- four times as large, and take four times as long to log.
set local role ops_owner;

create table if not exists ops.feature_list (
    names_hash bytea primary key check (octet_length(names_hash) = 32),
    feature_names text[] not null,
    feature_count integer not null
    check (feature_count = cardinality(feature_names)),
    constraint hash_is_of_the_names check (
        names_hash
        = sha256(convert_to(array_to_string(feature_names, e'\n'), 'UTF8'))
    )
);

comment on table ops.feature_list is
'Names of inputs in a model''s order. Rows are added, never changed.';
comment on column ops.feature_list.names_hash is
'SHA-256 of the names, one a line, in UTF-8. Decisions refer to it.';

create or replace trigger append_only
before update or delete or truncate on ops.feature_list
for each statement execute function ops.refuse_change();

alter table ops.feature_list enable always trigger append_only;

comment on column ops.decision_log.inputs is
'Values and the hash of their names; by name: ops.named_inputs(inputs).';

-- Decisions from before have the names beside each value.
create or replace function ops.named_inputs(inputs jsonb) returns json
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when jsonb_typeof(inputs -> 'values') = 'array' then (
            select
                json_object_agg(
                    named.feature,
                    inputs -> 'values' -> (named.place - 1)::integer
                    order by named.place
                )
            from ops.feature_list as list
            cross join lateral
                unnest(list.feature_names) with ordinality
                as named (feature, place)
            where list.names_hash = decode(inputs ->> 'names', 'hex')
        )
        else inputs::json
    end
$$;

comment on function ops.named_inputs is
'The inputs of a decision by name, in the model''s order.';

reset role;
