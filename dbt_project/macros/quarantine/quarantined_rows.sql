{#-
    Rows of a landing table that no key can hold, as they landed, with the reason:

    - `null key`: a column of `key` is null;
    - the reason of the first of `parents` that lacks the row, where a parent is
      {relation, columns: {column of the parent: column of the landing table},
      reason};
    - `repeated key`, where `is_unique`: the rows of a key but the first in the
      file that could be held.

    A key of an id and a month, as the balance tables have, names `month`: repeats
    are then sought only within ids that have more rows than months, so that keys of
    millions of rows need not be told apart one by one.
-#}
{% macro quarantined_rows(landing, key, parents=[], is_unique=true, month=none) %}
select
    landed.*,
    case
        when {{ any_is_null('landed', key) }} then 'null key'
        {%- for parent in parents %}
        when parent_{{ loop.index }}.is_known is null then '{{ parent.reason }}'
        {%- endfor %}
        else 'repeated key'
    end as reason
from {{ landed_rows(landing) }}
{%- for parent in parents %}
left join {{ known_parent(parent, loop.index) }}
{%- endfor %}
{%- if is_unique %}
left join (
    select
        {{ key | join(', ') }},
        min(landed.landing_row_id) as kept_row_id
    from {{ landed_rows(landing) }}
    {%- for parent in parents %}
    inner join {{ known_parent(parent, loop.index) }}
    {%- endfor %}
    {%- if month %}
    {%- set id = key | reject('equalto', month) | first %}
    inner join (
        select {{ id }} as repeating_id
        from {{ landing }}
        group by {{ id }}
        having count(*) <> {{ small_distinct_count('0 - ' ~ month) }}
    ) as repeating_ids
        on landed.{{ id }} = repeating_ids.repeating_id
    {%- endif %}
    group by {{ key | join(', ') }}
    having count(*) > 1
) as repeated_keys
    on {% for column in key -%}
        {{ 'and ' if not loop.first -}}
        landed.{{ column }} = repeated_keys.{{ column }}
    {% endfor %}
{%- endif %}
where
    {{ any_is_null('landed', key) }}
    {%- for parent in parents %}
    or parent_{{ loop.index }}.is_known is null
    {%- endfor %}
    {%- if is_unique %}
    or landed.landing_row_id <> repeated_keys.kept_row_id
    {%- endif %}
{% endmacro %}


{% macro known_parent(parent, number) -%}
    (
        select
            {{ parent.columns.keys() | join(', ') }},
            true as is_known
        from {{ parent.relation }}
    ) as parent_{{ number }}
    on {% for column, landing_column in parent.columns.items() -%}
        {{ 'and ' if not loop.first -}}
        landed.{{ landing_column }} = parent_{{ number }}.{{ column }}
    {% endfor %}
{%- endmacro %}


{% macro any_is_null(table, columns) -%}
    {%- for column in columns -%}
        {{ 'or ' if not loop.first }}{{ table }}.{{ column }} is null{{ ' ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
