{#-
    After a table is built on an engine that enforces no key: its rows are held
    against the constraints of its contract, and the build fails, before anything
    reads the table, where one is broken. PostgreSQL enforces them itself.
-#}
{% macro hold_declared_keys() %}
    {{ return(adapter.dispatch('hold_declared_keys')()) }}
{% endmacro %}


{% macro default__hold_declared_keys() %}
    {{ return('') }}
{% endmacro %}


{% macro spark__hold_declared_keys() %}
    {%- set keys = declared_keys(model) if execute else [] -%}
    {%- if not keys -%}
        {{ return('') }}
    {%- endif -%}
    {%- set broken = [] -%}
    {%- for row in run_query(spark_types(broken_keys_sql(this, keys))) -%}
        {%- do broken.append(row[0] ~ ' (' ~ row[1] ~ ' rows)') -%}
    {%- endfor -%}
    {%- if broken -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' breaks keys that its contract declares: ' ~ broken | join(', ')
        ) }}
    {%- endif -%}
    {%- do log(
        this ~ ': ' ~ keys | length ~ ' declared keys and checks hold', info=true
    ) -%}
{% endmacro %}


{#- The keys that rows break, with the number of these rows. -#}
{% macro broken_keys_sql(table, keys) %}
    {%- set conditions = row_conditions(keys) -%}
    select
        key_name,
        row_count
    from (
        {%- if conditions %}
        select stack(
            {{ conditions | length }}
            {%- for condition in conditions %},
            '{{ condition.name }}', count_if(not ({{ condition.expression }}))
            {%- endfor %}
        ) as (key_name, row_count)
        from {{ table }}
        {%- else %}
        select
            '' as key_name,
            0 as row_count
        {%- endif %}
        {%- for key in keys if key.kind in ('primary_key', 'unique') %}
        union all
        select
            '{{ key.name }}',
            coalesce(sum(copies - 1), 0)
        from (
            select count(*) as copies
            from {{ table }}
            where {{ key.columns | join(' is not null and ') }} is not null
            group by {{ key.columns | join(', ') }}
        )
        {%- endfor %}
        {%- for key in keys if key.kind == 'foreign_key' %}
        union all
        select
            '{{ key.name }}',
            count(*)
        from {{ table }} as child
        left anti join {{ key.parent }} as parent
            on {% for column in key.columns -%}
                {{ 'and ' if not loop.first -}}
                child.{{ column }} = parent.{{ key.parent_columns[loop.index0] }}
            {% endfor %}
        where {{ key.columns | join(' is not null and ') }} is not null
        {%- endfor %}
    )
    where row_count > 0
{% endmacro %}


{#- What each row by itself must satisfy, as {name, expression}. -#}
{% macro row_conditions(keys) %}
    {%- set conditions = [] -%}
    {%- for key in keys -%}
        {%- if key.kind == 'check' -%}
            {%- do conditions.append(
                {'name': key.name, 'expression': key.expression}
            ) -%}
        {%- elif key.kind in ('not_null', 'primary_key') -%}
            {%- do conditions.append({
                'name': key.name,
                'expression': key.columns | join(' is not null and ') ~ ' is not null',
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}
