{#-
    Before the catalogue is made: refuse a specification with features that have no
    words, by name, where the key of the table could only tell that some are missing.
-#}
{% macro refuse_wordless_features() %}
    {% if not execute or flags.WHICH not in ('build', 'run') %}
        {{ return('') }}
    {% endif %}
    {% set query %}
        select specified.feature_name
        from {{ specified_features() }}
        left join {{ ref('feature_measure') }} as measures
            on
                measures.measure
                in (specified.feature_name, specified.stem, specified.measure)
        left join {{ ref('feature_window') }} as windows
            on
                specified.source = windows.source
                and specified.window_name = windows.window_name
        group by
            specified.position, specified.feature_name, specified.window_name
        having
            count(measures.measure) = 0
            or (
                specified.window_name <> ''
                and count(windows.window_name) = 0
                and count(*) filter (
                    where measures.measure = specified.feature_name
                ) = 0
            )
        order by specified.position
    {% endset %}
    {% set wordless = run_query(query).columns[0].values() %}
    {% if wordless %}
        {{ exceptions.raise_compiler_error(
            'Features without words: ' ~ wordless | join(', ')
            ~ '. Give each measure a line in seeds/features/feature_measure.csv, and '
            ~ 'each window one in seeds/features/feature_window.csv, under the name or '
            ~ 'its first part, then build with --select +client_features.'
        ) }}
    {% endif %}
    {{ return('') }}
{% endmacro %}
