{#-
    One group for each value of each segment, and one for all rows, counted in a
    single reading of the rows: `segments` names columns.
-#}
{% macro group_by_segments(segments) -%}
    group by grouping sets (
        (){% for segment in segments %},
        ({{ segment }}){% endfor %}
    )
{%- endmacro %}


{#- The two columns that tell the groups apart, null values as `missing`. -#}
{% macro segment_columns(segments) -%}
    case
        {%- for segment in segments %}
        when grouping({{ segment }}) = 0 then '{{ segment }}'
        {%- endfor %}
        else 'all'
    end as segment_name,
        case
            {%- for segment in segments %}
            when grouping({{ segment }}) = 0
                then coalesce({{ segment }}, 'missing')
            {%- endfor %}
            else 'all'
        end as segment_value
{%- endmacro %}


{#-
    What a segment's value is called: its label where it is a code, else itself.
    The query has the labels joined as `labels`.
-#}
{% macro segment_label(segments, language) -%}
    {%- set words = {
        'fr': {'all': 'Tous', 'missing': 'Non renseigné'},
        'en': {'all': 'All', 'missing': 'Not stated'},
    }[language] -%}
    case {{ segments }}.segment_value
        when 'all' then '{{ words['all'] }}'
        when 'missing' then '{{ words['missing'] }}'
        else coalesce(labels.label_{{ language }}, {{ segments }}.segment_value)
    end as label_{{ language }}
{%- endmacro %}


{#- A share of a count, null where there is nothing to share. -#}
{% macro share(part, whole) -%}
    cast({{ part }} as double precision) / nullif({{ whole }}, 0)
{%- endmacro %}
