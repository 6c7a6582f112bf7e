{#
    docs/features.md, the one page that says which features exist and how each comes
    about, from the specifications. After a change of them:

        dbt --quiet run-operation feature_guide --project-dir dbt_project \
            > docs/features.md
#}
{% macro feature_guide() %}
    {% set lines = [
        '# Features',
        '',
        '<!-- Written by the macro feature_guide (dbt_project/macros/features/guide.sql),',
        'which says how; changes made here are lost. -->',
        '',
        '`features.client_features` holds ' ~ all_features() | length
        ~ ' columns per client. Labels, units and themes stand in',
        '`features.feature_catalogue`, formulas column by column in the dbt docs; this page'
        ~ ' is the scheme',
        'behind them. A name is `<source>_<measure>_<aggregate>[_<window>]`. The rows of a'
        ~ ' relation',
        'are grouped by client; an aggregate takes the rows that satisfy its window and its',
        'condition. What is computed *with other features* is computed after all sources have',
        'been joined on the client.',
        '',
        '| source | columns | rows of |',
        '|---|---|---|',
    ] %}
    {% for source in feature_sources() %}
        {% do lines.append(guide_row([
            '[' ~ source ~ '](#' ~ source ~ ')',
            source_features(source) | length,
            grains(feature_specification(source)) | join('; '),
        ])) %}
    {% endfor %}

    {% do lines.extend(
        ['', '## Aggregates', '', '| aggregate | is |', '|---|---|']
    ) %}
    {% for aggregate, meaning in aggregate_meanings().items() %}
        {% do lines.append(guide_row([aggregate, meaning])) %}
    {% endfor %}

    {% for source in feature_sources() %}
        {% do lines.extend(guide_of_source(source, feature_specification(source))) %}
    {% endfor %}

    {% do lines.extend([
        '', '## Left out', '',
        'Columns of the marts that no feature uses, and features that were tried and do not',
        'pay for their place.',
        '', '| table | column | why |', '|---|---|---|',
    ]) %}
    {% set pruned = run_query(
        'select table_name, column_name, reason from ' ~ ref('feature_pruned')
        ~ ' order by position'
    ) %}
    {% for row in pruned %}
        {% do lines.append(guide_row(row.values())) %}
    {% endfor %}
    {{ print(lines | join('\n')) }}
{% endmacro %}


{% macro grains(specification) %}
    {% set found = [] %}
    {% if 'grain' in specification %}
        {% do found.append(specification.grain) %}
    {% endif %}
    {% for relation in specification.get('relations', {}).values() %}
        {% do found.append(relation.grain) %}
    {% endfor %}
    {{ return(found or ["the client's other features"]) }}
{% endmacro %}


{% macro guide_of_source(source, specification) %}
    {% set lines = ['', '## ' ~ source] %}
    {% if 'numeric' in specification %}
        {% do lines.extend(guide_of_formulas('Formulas', specification.numeric)) %}
    {% endif %}
    {% if 'categorical' in specification %}
        {% do lines.extend([
            '', '**Categories**, encoded as they are: '
            ~ specification.categorical.keys() | join(', ') ~ '.',
        ]) %}
    {% endif %}
    {% for relation, content in specification.get('relations', {}).items() %}
        {% do lines.extend([
            '', '### ' ~ source ~ ': ' ~ relation, '',
            'Rows: ' ~ content.grain ~ '.', '',
            '| window or split | rows where |', '|---|---|',
        ]) %}
        {% for window, condition in content.windows.items() %}
            {% do lines.append(guide_row([window, code(condition)])) %}
        {% endfor %}
        {% do lines.extend([
            '', '| measure | of | aggregates | windows |', '|---|---|---|---|',
        ]) %}
        {% for measure in content.measures %}
            {% do lines.append(guide_row([
                measure.measure,
                measured(measure),
                measure.aggregates | join(', '),
                measure.get('windows', ['all']) | join(', '),
            ])) %}
        {% endfor %}
    {% endfor %}
    {% if 'with_application' in specification %}
        {% do lines.extend(
            guide_of_formulas('With other features', specification.with_application)
        ) %}
    {% endif %}
    {{ return(lines) }}
{% endmacro %}


{% macro guide_of_formulas(title, formulas) %}
    {% set lines = ['', '### ' ~ title, '', '| measure | formula |', '|---|---|'] %}
    {% for measure, formula in formulas.items() %}
        {% do lines.append(guide_row([measure, code(formula)])) %}
    {% endfor %}
    {{ return(lines) }}
{% endmacro %}


{# What a measure is taken of, in words as short as the specification's. #}
{% macro measured(measure) %}
    {% set parts = [code(measure.of) if 'of' in measure else 'rows'] %}
    {% for key, word in {
        'per': 'over', 'along': 'along', 'weight': 'weighted by', 'where': 'where',
    }.items() if key in measure %}
        {% do parts.append(word ~ ' ' ~ code(measure[key])) %}
    {% endfor %}
    {% if 'one_hot' in measure %}
        {% set categories = [] %}
        {% for category, value in measure.one_hot.items() %}
            {% do categories.append(category ~ ' ' ~ code(value)) %}
        {% endfor %}
        {% do parts.append('one per category: ' ~ categories | join(', ')) %}
    {% endif %}
    {{ return(parts | join(' ')) }}
{% endmacro %}


{# An expression without what only the database needs: casts and guards of zero. #}
{% macro code(expression) %}
    {% set words = (expression | string).split() | join(' ') %}
    {% set uncast = modules.re.sub(
        'cast\\(([^()]+) as (?:double precision|integer)\\)', '\\1', words
    ) %}
    {% set plain = modules.re.sub('nullif\\((\\w+), 0\\)', '\\1', uncast) %}
    {{ return('`' ~ plain ~ '`') }}
{% endmacro %}


{% macro guide_row(cells) %}
    {% set written = [] %}
    {% for cell in cells %}
        {% do written.append(cell | string | replace('|', '\\|')) %}
    {% endfor %}
    {{ return('| ' ~ written | join(' | ') ~ ' |') }}
{% endmacro %}
