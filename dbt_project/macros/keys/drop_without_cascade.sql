{#-
    dbt drops with `cascade`, which takes foreign keys and other people's views
    along without a word. Here PostgreSQL refuses and names what depends.
-#}
{% macro postgres__drop_table(relation) -%}
    drop table if exists {{ relation }}
{%- endmacro %}

{% macro postgres__drop_view(relation) -%}
    drop view if exists {{ relation }}
{%- endmacro %}
