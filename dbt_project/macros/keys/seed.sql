{#-
    dbt's seed truncates with `cascade`, or drops with it. Ours replaces the table
    with its keys, and keeps the foreign keys that point at it. It reads no other
    table and is small, so one transaction does.
-#}
{% materialization seed, adapter='postgres' %}
    {%- set present = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set rows = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
    {%- set grants = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set incoming = incoming_keys(target) -%}
    {% call statement('detach') -%}
        {{ detach_table_sql(present, incoming, outgoing_parents(target)) }}
    {%- endcall %}
    {% set create_sql = create_csv_table(model, rows) %}
    {% set insert_sql = load_csv_rows(model, rows) if rows.rows else '' %}
    {% call noop_statement(
        'main', 'INSERT ' ~ (rows.rows | length), 'INSERT', rows.rows | length
    ) %}
        {{ get_csv_sql(create_sql, insert_sql) }}
    {% endcall %}
    {% call statement('attach') -%}
        {{ add_own_keys_sql(target, model) }}
        {{ add_foreign_keys_sql(target, model) }}
        {{ restore_incoming_keys_sql(target, model, incoming) }}
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {% do apply_grants(target, grants, should_revoke=should_revoke(present, true)) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}

    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
