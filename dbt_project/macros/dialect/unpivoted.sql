{#-
    For a from clause: each row of the relation before it, once per pair of `pairs`
    (two expressions), as `alias` with the two columns of `names`.
-#}
{% macro unpivoted(pairs, alias, names) %}
    {{- return(adapter.dispatch('unpivoted')(pairs, alias, names)) -}}
{% endmacro %}


{% macro postgres__unpivoted(pairs, alias, names) -%}
    cross join lateral (
        values
        {%- for pair in pairs %}
        ({{ pair | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as {{ alias }} ({{ names | join(', ') }})
{%- endmacro %}


{% macro spark__unpivoted(pairs, alias, names) -%}
    lateral view stack(
        {{ pairs | length }}
        {%- for pair in pairs %},
        {{ pair | join(', ') }}
        {%- endfor %}
    ) {{ alias }} as {{ names | join(', ') }}
{%- endmacro %}
