{# `<aggregate> as <feature>` for all features of one relation of a source. #}
{% macro aggregated_columns(source, relation) %}
    {%- for feature in source_features(source)
        if feature.relation == relation %}
        {{ feature.sql }}
            as {{ feature.name }}
        {{- "," if not loop.last }}
    {%- endfor %}
{% endmacro %}


{#
    The columns of a feature table, read from `<relation>` per relation of the
    specification: numbers as real, counts zero for a client without a row.
#}
{% macro feature_table_columns(source) %}
    {%- for feature in source_features(source)
        if feature.relation != 'with_application' %}
        {%- set column = feature.relation ~ '.' ~ feature.name %}
        {{ feature_column(feature, column) }} as {{ feature.name }}
        {{- "," if not loop.last }}
    {%- endfor %}
{% endmacro %}


{% macro feature_column(feature, expression) -%}
    {%- if feature.data_type == 'categorical' -%}
        cast({{ expression }} as text)
    {%- elif feature.is_count -%}
        cast(coalesce({{ expression }}, 0) as real)
    {%- else -%}
        {{ as_real(expression) }}
    {%- endif -%}
{%- endmacro %}


{#
    Features of the request for each row of `applications`, a relation with the
    columns of dim_client. Used by feat_application and by the what-if function.
#}
{% macro application_features(applications) %}
    select
        application.client_id,
        {{ feature_table_columns('application') }}
    from (
        select
            client_id,
            {{ aggregated_columns('application', 'application') }}
        from {{ applications }}
    ) as application
{% endmacro %}


{#
    The wide row of each client of `applications`, a relation with the columns of
    feat_application: its own features, those of the other sources, and those that
    set the one against the other. Used by client_features and by the what-if
    function.
#}
{% macro wide_features(applications) %}
    {%- set features = all_features() %}
    select
        wide.client_id,
        {%- for feature in features %}
        {% if feature.relation == 'with_application' -%}
            {{ feature_column(feature, 'wide.' ~ feature.name) }}
                as {{ feature.name }}
        {%- else -%}
            wide.{{ feature.name }}
        {%- endif %}
        {{- "," if not loop.last }}
        {%- endfor %}
    from (
        select
            joined.*,
            {%- for feature in features
                if feature.relation == 'with_application' %}
            {{ feature.sql }}
                as {{ feature.name }}
            {{- "," if not loop.last }}
            {%- endfor %}
        from (
            select
                application.client_id,
                {%- for feature in features
                    if feature.relation != 'with_application' %}
                {{ feature.source }}.{{ feature.name }}
                {{- "," if not loop.last }}
                {%- endfor %}
            from {{ applications }} as application
            {%- for source in tabulated_sources() if source != 'application' %}
            left join {{ ref('feat_' ~ source) }} as {{ source }}
                on application.client_id = {{ source }}.client_id
            {%- endfor %}
        ) as joined
    ) as wide
{% endmacro %}


{#
    All features as rows, for queries that treat them so: a relation called
    `specified` for a from clause.
#}
{% macro specified_features() -%}
    {%- set columns = {
        'feature_name': 'name', 'source': 'source', 'stem': 'stem',
        'aggregate': 'aggregate', 'window_name': 'window',
        'data_type': 'data_type', 'code_set': 'code_set',
        'computation': 'description',
    } -%}
    (
        values
        {%- for feature in all_features() %}
        (
            {{ loop.index }},
            {{ text_literal(feature.source ~ '_' ~ feature.measure) }}
            {%- for key in columns.values() %},
            {{ text_literal(feature[key]) }}
            {%- endfor %}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as specified (position, measure, {{ columns.keys() | join(', ') }})
{%- endmacro %}


{% macro text_literal(value) -%}
    {{ 'null' if value is none
        else dbt.string_literal(dbt.escape_single_quotes(value)) }}
{%- endmacro %}
