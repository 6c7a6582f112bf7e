{#
    The YAML of the feature tables, with every column's type and description, from
    the specifications and the built catalogue. After a change of either:

        dbt build --project-dir dbt_project --select +feature_catalogue
        dbt --quiet run-operation feature_models_yaml --project-dir dbt_project \
            > dbt_project/models/features/_features__models.yml
#}
{% macro feature_models_yaml() %}
    {% set labels = {} %}
    {% set rows = run_query(
        'select feature_name, label_en, description from '
        ~ ref('feature_catalogue')
    ) %}
    {% for row in rows %}
        {% do labels.update({row[0]: row[1] ~ '. Computed as ' ~ row[2] ~ '.'}) %}
    {% endfor %}

    {% set lines = [
        '# Written by the macro feature_models_yaml (macros/features/documentation.sql),',
        '# which says how; changes made here are lost.',
        'models:',
    ] %}
    {% for source in tabulated_sources() %}
        {% do lines.extend(feature_table_yaml(
            'feat_' ~ source,
            'Features of the source ' ~ source ~ '. Grain: one row per client.',
            source_features(source)
                | rejectattr('relation', 'equalto', 'with_application') | list,
            labels
        )) %}
    {% endfor %}
    {% do lines.extend(feature_table_yaml(
        'client_features',
        'All features of a client, without the target and without gender; their'
        ~ ' labels are in feature_catalogue. Grain: one row per client, labelled'
        ~ ' or not.',
        all_features(),
        labels,
        ['columns_match_the_catalogue']
    )) %}
    {{ print(lines | join('\n')) }}
{% endmacro %}


{% macro feature_table_yaml(table, description, features, labels, tests=[]) %}
    {% set lines = [
        '  - name: ' ~ table,
        '    description: ' ~ tojson(description),
        '    constraints:',
        '      - type: primary_key',
        '        columns: [client_id]',
        '      - type: foreign_key',
        '        columns: [client_id]',
        "        to: ref('dim_client')",
        '        to_columns: [client_id]',
    ] %}
    {% if tests %}
        {% do lines.append('    data_tests:') %}
        {% for test in tests %}
            {% do lines.append('      - ' ~ test) %}
        {% endfor %}
    {% endif %}
    {% do lines.extend([
        '    columns:',
        '      - name: client_id',
        '        data_type: integer',
        '        description: "{{ doc(\'client_id\') }}"',
        '        constraints:',
        '          - type: not_null',
    ]) %}
    {% for feature in features %}
        {% do lines.extend([
            '      - name: ' ~ feature.name,
            '        data_type: '
            ~ ('real' if feature.data_type == 'numeric' else 'text'),
            '        description: ' ~ tojson(labels[feature.name]),
        ]) %}
        {% if feature.is_count %}
            {% do lines.extend([
                '        constraints:',
                '          - type: not_null',
            ]) %}
        {% endif %}
    {% endfor %}
    {{ return(lines) }}
{% endmacro %}
