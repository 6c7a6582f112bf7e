{#-
    Constraints of a node as its YAML contract declares them: a list of
    {kind, name, columns, definition, parent}. Seeds, for which dbt knows no constraints
    at model level, declare theirs under `config.meta.constraints`.
-#}
{% macro declared_keys(node) %}
    {%- set declared = [] -%}
    {%- for column in node.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- do declared.append(
                declared_key(node, constraint, [column.name], column.name)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set of_node = node.get('constraints') or node.config.meta.constraints -%}
    {%- for constraint in of_node or [] -%}
        {%- set columns = constraint.columns or [] -%}
        {%- do declared.append(
            declared_key(node, constraint, columns, loop.index | string)
        ) -%}
    {%- endfor -%}
    {{ return(declared) }}
{% endmacro %}


{% macro declared_key(node, constraint, columns, check_name) %}
    {%- set kind = constraint.type | string | lower | replace('constrainttype.', '') -%}
    {%- set column_list = columns | join(', ') -%}
    {%- set parent = none -%}
    {%- if kind == 'not_null' -%}
        {%- set name_parts = ['nn', node.alias] + columns -%}
        {%- set definition = 'alter column ' ~ column_list ~ ' set not null' -%}
    {%- elif kind == 'check' -%}
        {%- set name_parts = ['ck', node.alias, check_name] -%}
        {%- set definition = 'check (' ~ constraint.expression ~ ')' -%}
    {%- elif kind == 'primary_key' -%}
        {%- set name_parts = ['pk', node.alias] -%}
        {%- set definition = 'primary key (' ~ column_list ~ ')' -%}
    {%- elif kind == 'unique' -%}
        {%- set name_parts = ['uq', node.alias] + columns -%}
        {%- set definition = 'unique (' ~ column_list ~ ')' -%}
    {%- elif kind == 'foreign_key' -%}
        {%- set name_parts = ['fk', node.alias] + columns -%}
        {%- set parent = relation_of_reference(constraint.to) -%}
        {%- set definition -%}
            foreign key ({{ column_list }}) references {{ parent }} (
                {{- constraint.to_columns | join(', ') -}}
            )
        {%- endset -%}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            node.name ~ ': constraints of type ' ~ kind ~ ' are not supported'
        ) }}
    {%- endif -%}
    {{ return({
        'kind': kind,
        'name': constraint.name or key_name(name_parts),
        'columns': columns,
        'definition': definition,
        'columns': columns,
        'expression': constraint.expression,
        'parent': parent,
        'parent_columns': constraint.to_columns,
    }) }}
{% endmacro %}


{#- `pk_dim_client`, `fk_fct_bureau_credit__client_id`; short enough for a suffix. -#}
{% macro key_name(parts) %}
    {%- set name = ([parts[0] ~ '_' ~ parts[1]] + parts[2:]) | join('__') -%}
    {%- if name | length > 52 -%}
        {%- set name = name[:45] ~ '_' ~ local_md5(name)[:6] -%}
    {%- endif -%}
    {{ return(name) }}
{% endmacro %}


{#-
    The schema and name behind a foreign key's `to`. dbt resolves `ref('…')` only
    in the node that it is compiling; other nodes still hold it as written.
-#}
{% macro relation_of_reference(reference) %}
    {%- set named = modules.re.search("ref\(['\"](\w+)['\"]\)", reference) -%}
    {%- if named is none -%}
        {{ return((reference | replace('"', '')).split('.')[-2:] | join('.')) }}
    {%- endif -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.name == named.group(1)
            and node.resource_type in ('model', 'seed') -%}
            {{ return(node.schema ~ '.' ~ node.alias) }}
        {%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        'a foreign key refers to ' ~ named.group(1) ~ ', which does not exist'
    ) }}
{% endmacro %}
