{#-
    Foreign keys of other tables that point at a relation, as
    {name, child, definition, is_rebuilt}. `is_rebuilt` tells that the child's rows
    need not fit: it is built again later in this run, and its own build declares
    the key anew; or it is what an interrupted run left behind.
-#}
{% macro incoming_keys(relation) %}
    {%- set rebuilt = [] -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.unique_id in selected_resources
            and node.resource_type in ('model', 'seed')
            and not (is_building_appended() and affected_key(node)) -%}
            {%- do rebuilt.append(node.schema ~ '.' ~ node.alias) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set keys = [] -%}
    {%- for row in foreign_keys_where('confrelid', relation) -%}
        {%- do keys.append({
            'name': row['name'],
            'child': row['child'],
            'definition': row['definition'],
            'is_rebuilt': row['child'] in rebuilt
                or row['child'].endswith(new_suffix()),
        }) -%}
    {%- endfor -%}
    {{ return(keys) }}
{% endmacro %}


{#- Tables that a relation's present foreign keys point at. -#}
{% macro outgoing_parents(relation) %}
    {{ return(
        foreign_keys_where('conrelid', relation) | map(attribute='parent') | list
    ) }}
{% endmacro %}


{% macro foreign_keys_where(column, relation) %}
    {%- set found = run_query("
        select
            pg_constraint.conname as name,
            child_schemas.nspname || '.' || children.relname as child,
            parent_schemas.nspname || '.' || parents.relname as parent,
            pg_get_constraintdef(pg_constraint.oid) as definition
        from pg_constraint
        inner join pg_class as children
            on pg_constraint.conrelid = children.oid
        inner join pg_namespace as child_schemas
            on children.relnamespace = child_schemas.oid
        inner join pg_class as parents
            on pg_constraint.confrelid = parents.oid
        inner join pg_namespace as parent_schemas
            on parents.relnamespace = parent_schemas.oid
        where
            pg_constraint.contype = 'f'
            and pg_constraint.conrelid <> pg_constraint.confrelid
            and pg_constraint." ~ column ~ "
                = to_regclass('" ~ relation.include(database=false) ~ "')
        order by child, name
    ") -%}
    {{ return(found.rows) }}
{% endmacro %}


{#- Names of the constraints of every table: {schema.table: [name, …]}. -#}
{% macro existing_keys() %}
    {%- set found = run_query("
        select
            pg_namespace.nspname || '.' || pg_class.relname as table_name,
            pg_constraint.conname as key_name
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        left join pg_constraint on pg_class.oid = pg_constraint.conrelid
        where pg_class.relkind = 'r'
    ") -%}
    {%- set keys = {} -%}
    {%- for row in found.rows -%}
        {%- do keys.setdefault(row['table_name'], []).append(row['key_name']) -%}
    {%- endfor -%}
    {{ return(keys) }}
{% endmacro %}
