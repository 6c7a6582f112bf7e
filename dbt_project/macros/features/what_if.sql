{#
    features.what_if(client, overrides): the row of client_features that the client
    would have with other values in dim_client, for instance
    '{"credit_amount": 300000, "annuity_amount": 15000}'. Without overrides it is
    the table's own row; an unknown client gives none. The formulas are the
    table's, rendered by the same macros.

    The function names its columns rather than the table's row type, so that the
    table can be replaced without it; it follows in the table's own transaction.
#}
{% macro create_what_if_function() %}
    {{ return(adapter.dispatch('create_what_if_function')()) }}
{% endmacro %}


{#- Clients are scored in PostgreSQL. -#}
{% macro default__create_what_if_function() %}
    {{ return('') }}
{% endmacro %}


{% macro postgres__create_what_if_function() %}
    drop function if exists {{ this.schema }}.what_if(integer, jsonb);

    create function {{ this.schema }}.what_if(
        client integer,
        overrides jsonb default '{}'
    )
    returns table (
        client_id integer,
        {%- for feature in all_features() %}
        {{ feature.name }}
        {{ 'real' if feature.data_type == 'numeric' else 'text' }}
        {{- "," if not loop.last }}
        {%- endfor %}
    )
    language sql
    stable
    as $function$
    with

    overridden as (

        select changed.*
        from {{ ref('dim_client') }} as known
        cross join lateral jsonb_populate_record(known, what_if.overrides) as changed
        where known.client_id = what_if.client

    ),

    applications as (

        {{ application_features('overridden') }}

    )

    {{ wide_features('applications') }}
    $function$;

    comment on function {{ this.schema }}.what_if(integer, jsonb) is
    'The features a client would have with other values in dim_client.'
{% endmacro %}
