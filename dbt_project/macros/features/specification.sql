{# The sources of features, in the order of the wide table's columns. #}
{% macro feature_sources() %}
    {{ return(
        ['application', 'bureau', 'previous', 'installments', 'pos', 'card', 'overall']
    ) }}
{% endmacro %}


{# Those of them with rows, and so a table, of their own. #}
{% macro tabulated_sources() %}
    {{ return(feature_sources() | reject('equalto', 'overall') | list) }}
{% endmacro %}


{# Each macro is called by name: dbt finds what a test depends on in the calls. #}
{% macro feature_specification(source) %}
    {% if source == 'application' %}
        {{ return(application_specification()) }}
    {% elif source == 'bureau' %}
        {{ return(bureau_specification()) }}
    {% elif source == 'previous' %}
        {{ return(previous_specification()) }}
    {% elif source == 'installments' %}
        {{ return(installments_specification()) }}
    {% elif source == 'pos' %}
        {{ return(pos_specification()) }}
    {% elif source == 'card' %}
        {{ return(card_specification()) }}
    {% elif source == 'overall' %}
        {{ return(overall_specification()) }}
    {% endif %}
{% endmacro %}


{#
    All features of a source as a flat list. Each is a dict with

    name         `<source>_<measure>_<aggregate>[_<window>]`
    source, stem (the name without its window), measure, aggregate, window
                 (aggregate and window are '' where there is none)
    relation     the relation of the specification it is computed from;
                 'with_application' for formulas over other features
    data_type    'numeric' or 'categorical'; code_set for the latter
    sql          the expression that computes it
    is_count     zero, not null, for a client without a row
    description  how it is computed, for readers
#}
{% macro source_features(source) %}
    {% set specification = feature_specification(source) %}
    {% set features = [] %}

    {% for measure, formula in specification.get('numeric', {}).items() %}
        {% do features.append(
            formula_feature(source, measure, formula, specification.grain)
        ) %}
    {% endfor %}
    {% for measure, column in specification.get('categorical', {}).items() %}
        {% set feature = formula_feature(
            source, measure, column, specification.grain
        ) %}
        {% do feature.update({'data_type': 'categorical', 'code_set': column}) %}
        {% do features.append(feature) %}
    {% endfor %}

    {% for relation, content in specification.get('relations', {}).items() %}
        {% for measure in encoded_measures(content.measures) %}
            {% for aggregate in measure.aggregates %}
                {% for window in measure.get('windows', ['all']) %}
                    {% do features.append(aggregated_feature(
                        source, relation, content, measure, aggregate, window
                    )) %}
                {% endfor %}
            {% endfor %}
        {% endfor %}
    {% endfor %}

    {% for measure, formula in specification.get('with_application', {}).items() %}
        {% set feature = formula_feature(
            source, measure, formula, "the client's other features"
        ) %}
        {% do feature.update({'relation': 'with_application'}) %}
        {% do features.append(feature) %}
    {% endfor %}

    {{ return(features) }}
{% endmacro %}


{#
    The measures, with one of its own for each category of those that are one-hot
    encoded: `measure` status with `one_hot` {late: '1'} gives the measure status_late,
    whether `of` is '1'.
#}
{% macro encoded_measures(measures) %}
    {% set encoded = [] %}
    {% for measure in measures %}
        {% for category, code in measure.get('one_hot', {}).items() %}
            {% do encoded.append(dict(
                measure,
                measure=measure.measure ~ '_' ~ category,
                of=measure.of ~ ' = ' ~ dbt.string_literal(code),
                known=measure.of
            )) %}
        {% else %}
            {% do encoded.append(measure) %}
        {% endfor %}
    {% endfor %}
    {{ return(encoded) }}
{% endmacro %}


{% macro formula_feature(source, measure, formula, grain) %}
    {% set name = source ~ '_' ~ measure %}
    {{ return({
        'name': name, 'source': source, 'stem': name, 'measure': measure,
        'aggregate': '', 'window': '', 'relation': source,
        'data_type': 'numeric', 'code_set': none, 'sql': formula,
        'is_count': false, 'description': formula ~ '; from ' ~ grain,
    }) }}
{% endmacro %}


{% macro aggregated_feature(source, relation, content, measure, aggregate, window) %}
    {% set stem = source ~ '_' ~ measure.measure ~ '_' ~ aggregate %}
    {% set conditions = [] %}
    {% if 'where' in measure %}
        {% do conditions.append(measure.where) %}
    {% endif %}
    {% if window != 'all' %}
        {% do conditions.append(content.windows[window]) %}
    {% endif %}
    {% set sql = feature_aggregate(
        aggregate, measure, conditions | join(' and ')
    ) %}
    {{ return({
        'name': stem if window == 'all' else stem ~ '_' ~ window,
        'source': source, 'stem': stem, 'measure': measure.measure,
        'aggregate': aggregate, 'window': '' if window == 'all' else window,
        'relation': relation,
        'data_type': measure.get('type', 'numeric'),
        'code_set': measure.get('code_set'),
        'sql': sql,
        'is_count': aggregate in ('count', 'distinct_count'),
        'description': sql ~ '; from ' ~ content.grain,
    }) }}
{% endmacro %}


{# Features of all sources, in the order of the wide table's columns. #}
{% macro all_features() %}
    {% set features = [] %}
    {% for source in feature_sources() %}
        {% do features.extend(source_features(source)) %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}
