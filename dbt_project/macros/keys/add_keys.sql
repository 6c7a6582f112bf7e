{#-
    Everything that concerns one table alone: not null, checks, primary key and
    unique keys in one ALTER, so that the rows are read once; then the indexes,
    and statistics for whoever reads the table next. `suffix` keeps the names
    apart from those of the table that is being replaced.
-#}
{% macro add_own_keys_sql(relation, node, suffix='') %}
    {%- set clauses = [] -%}
    {%- for key in declared_keys(node) if key.kind != 'foreign_key' -%}
        {%- if key.kind == 'not_null' -%}
            {%- do clauses.append(key.definition) -%}
        {%- else -%}
            {%- set name = own_name(key, suffix) -%}
            {%- do clauses.append(
                'add constraint ' ~ name ~ ' ' ~ key.definition
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if clauses -%}
        alter table {{ relation }}
            {{ clauses | join(',\n            ') }};
    {%- endif %}
    {% for index in node.config.get('indexes') or [] -%}
        create {{ 'unique ' if index.unique }}index
            {{ index_name(node, index) ~ suffix }}
            on {{ relation }} using {{ index.type or 'btree' }}
            ({{ index.columns | join(', ') }});
    {% endfor -%}
    {%- if node.config.meta.statistics_target %}
    set local default_statistics_target = {{ node.config.meta.statistics_target }};
    {%- endif %}
    analyze {{ relation }};
    set local default_statistics_target to default;
{% endmacro %}


{#- Names of indexes, and of keys that own one, are unique in a schema. -#}
{% macro own_name(key, suffix) %}
    {{ return(key.name ~ (suffix if key.kind in ('primary_key', 'unique') else '')) }}
{% endmacro %}


{% macro index_name(node, index) %}
    {{ return(key_name(['ix', node.alias] + index.columns)) }}
{% endmacro %}


{% macro drop_suffix_sql(relation, node, suffix) %}
    {%- for key in declared_keys(node) if key.kind in ('primary_key', 'unique') %}
    alter table {{ relation }}
        rename constraint {{ key.name ~ suffix }} to {{ key.name }};
    {%- endfor %}
    {%- for index in node.config.get('indexes') or [] %}
    alter index {{ relation.schema }}.{{ index_name(node, index) ~ suffix }}
        rename to {{ index_name(node, index) }};
    {%- endfor %}
{% endmacro %}


{#- In the order of their parents: two builds that lock several of them take turns. -#}
{% macro add_foreign_keys_sql(relation, node) %}
    {%- for key in declared_keys(node)
        | selectattr('kind', 'equalto', 'foreign_key') | sort(attribute='parent') %}
    alter table {{ relation }} add constraint {{ key.name }} {{ key.definition }};
    {%- endfor %}
{% endmacro %}
