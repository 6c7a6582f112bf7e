{#-
    dbt's table, with real keys, in two parts.

    The first makes the new table beside the present one: a plain CREATE TABLE AS,
    which may run in parallel and checks no constraint row by row, then the keys of
    the YAML contract, validated. Whoever reads the present table is not disturbed.

    The second puts it in the place of the present one: only names change, so it is
    short. It begins with its locks, because a transaction that has read a parent
    cannot lock it exclusively while its siblings have read it too.

    After a commit dbt begins no transaction: each statement here is one of its own,
    whole or not at all. What is left between two of them the next run drops.
-#}
{% materialization table, adapter='postgres' %}
    {%- set present = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set new = make_intermediate_relation(target) -%}
    {%- set grants = config.get('grants') -%}

    {%- if is_building_appended() and affected_key(model) -%}
        {{ return(update_in_place(present, target, sql)) }}
    {%- endif -%}
    {%- set landed = landed_so_far() -%}

    {% call statement('drop_what_an_interrupted_run_left') -%}
        drop table if exists {{ new }}
    {%- endcall %}
    {{ adapter.commit() }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') -%}
        {{ create_keyless_table_sql(new, sql) }}
    {%- endcall %}
    {% call statement('keys') -%}
        {{ add_own_keys_sql(new, model, new_suffix()) }}
        {{ add_foreign_keys_sql(new, model) }}
    {%- endcall %}
    {% do persist_docs(new, model) %}
    {{ adapter.commit() }}

    {%- set incoming = incoming_keys(target) -%}
    {% call statement('replace') -%}
        {{ detach_table_sql(present, incoming, outgoing_parents(target)) }}
        alter table {{ new }} rename to {{ target.identifier }};
        {{ drop_suffix_sql(target, model, new_suffix()) }}
        {{ restore_incoming_keys_sql(target, model, incoming) }}
        {{ log_build_sql(target, landed, 'full', definition_sql(sql)) }}
    {%- endcall %}
    {% do apply_grants(target, grants, should_revoke=should_revoke(present, true)) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}

    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#- The columns in the contract's order, their types checked against it. -#}
{% macro create_keyless_table_sql(relation, sql) %}
    {%- set contract = config.get('contract') -%}
    {%- if contract.enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif %}
    {{ config.get('sql_header', '') }}
    create table {{ relation }} as (
        {{ sql }}
    )
{% endmacro %}


{#- What dbt's make_intermediate_relation puts behind a table's name. -#}
{% macro new_suffix() %}
    {{ return('__dbt_tmp') }}
{% endmacro %}
