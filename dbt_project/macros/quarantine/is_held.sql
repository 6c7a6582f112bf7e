{#-
    Whether quarantine leaves a staged row to its mart. `key` maps columns of staging
    to those of the landing table: it is compared as well as the row's place, so that a
    quarantine of an earlier load takes nothing away. The query has `quarantined`, the
    quarantine of the landing table.
-#}
{% macro is_held(rows, key) -%}
    not exists (
            select 1
            from quarantined
            where
                {{ rows }}.landing_row_id = quarantined.landing_row_id
                {%- for column, landing_column in key.items() %}
                and {{ rows }}.{{ column }}
                is not distinct from quarantined.{{ landing_column }}
                {%- endfor %}
        )
{%- endmacro %}
