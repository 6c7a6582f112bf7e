{#-
    At the start of a run: refuse to build from landing tables of two sources. Each
    table is loaded in a transaction of its own, so a load that broke off, or is still
    under way, leaves some tables new and the others old.
-#}
{% macro refuse_mixed_landing() %}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {{ return(adapter.dispatch('refuse_mixed_landing', 'home_credit')()) }}
    {% endif %}
{% endmacro %}


{% macro default__refuse_mixed_landing() %}
    {# Other targets read what was exported from a complete landing. #}
{% endmacro %}


{% macro postgres__refuse_mixed_landing() %}
    {% set is_made = "select to_regclass('" ~ source('ops', 'completed_load') ~ "')" %}
    {% if run_query(is_made).rows[0][0] is none %}
        {{ exceptions.raise_compiler_error(
            'ops.completed_load does not exist. Run `python -m database bootstrap`, '
            ~ 'which makes what is missing, then `python -m ingestion load SOURCE`.'
        ) }}
    {% endif %}
    {% set is_complete %}
        select coalesce(
            max(last_load_id) >= (
                select max(load_id)
                from {{ source('ops', 'load_log') }}
                where batch_id is null
            ),
            false
        )
        from {{ source('ops', 'completed_load') }}
    {% endset %}
    {% if not run_query(is_complete).rows[0][0] %}
        {{ exceptions.raise_compiler_error(
            'The landing tables do not come from one whole source: nothing was '
            ~ 'loaded, or a load is under way or broke off. Load to the end with '
            ~ '`python -m ingestion load SOURCE`, then build.'
        ) }}
    {% endif %}
{% endmacro %}
