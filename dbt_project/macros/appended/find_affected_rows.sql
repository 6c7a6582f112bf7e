{#-
    At the start of a run of appended clients: whom it concerns, in tables and views of
    the schema staging that the end of the run removes; one snapshot, so that a batch
    that is appended meanwhile is wholly left to the next run. At the start of any other
    run: what a killed run left is removed, since it depends on tables to be replaced.
-#}
{% macro find_affected_rows() %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}
        {{ return('') }}
    {%- endif -%}
    {%- do refuse_unknown_clients() -%}
    {{ return(adapter.dispatch('find_affected_rows')()) }}
{% endmacro %}


{#- Where no load log tells of batches, there is nothing to go by. -#}
{% macro default__find_affected_rows() %}
    {%- if is_building_appended() -%}
        {{ refuse_in_favour_of_a_full_build(
            'only PostgreSQL knows which batches were appended, and the target is '
            ~ target.name
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro postgres__find_affected_rows() %}
    {%- if not is_building_appended() -%}
        {{ return(forget_affected_rows_sql()) }}
    {%- endif -%}
    {%- do refuse_appended_build() -%}
    commit;
    begin isolation level repeatable read;
    {{ forget_affected_rows_sql() }}
    create table staging.affected_run as
    select
        '{{ invocation_id }}' as invocation_id,
        (
            select max(load_id) from {{ builtins.source('ops', 'load_log') }}
            where batch_id is null
        ) as load_id,
        coalesce(
            (select max(batch_id) from {{ builtins.source('ops', 'appended_batch') }}),
            0
        ) as batch_id;
    create table staging.affected_client (client_id integer primary key);
    create table staging.affected_loan (previous_application_id integer primary key);
    create table staging.affected_bureau_credit (
        bureau_credit_id integer primary key
    );
    create table staging.affected_row (
        landing_table text,
        row_id tid,
        primary key (landing_table, row_id)
    );
    {{ find_affected_clients_sql() }}
    {{ find_affected_landing_rows_sql() }}
    {{ create_affected_views_sql() }}
    commit
{% endmacro %}


{#- Another word would build in full, and without the test that belongs to that. -#}
{% macro refuse_unknown_clients() %}
    {%- if var('clients', 'all') not in ['all', 'appended'] -%}
        {{ exceptions.raise_compiler_error(
            'The variable clients is ' ~ var('clients') ~ '; it takes all or appended'
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro loan_tables() %}
    {{ return([
        'previous_application',
        'pos_cash_balance',
        'credit_card_balance',
        'installments_payments',
    ]) }}
{% endmacro %}


{#-
    From the clients and bureau credits of the batches on, along shared loans and
    credits, until nobody new is found. Arrays rather than joins: each step is then a
    look into the indexes of the landing tables, whatever the planner thinks of them.
-#}
{% macro find_affected_clients_sql() %}
    {%- set not_told -%}
        batch_id > (
            select min(batch_id) from ({{ last_builds_sql(selected_tables()) }}) as built
        )
    {%- endset %}
    do $find$
    declare
        clients integer[];
        loans integer[];
        credits integer[];
    begin
        with found as (
            insert into staging.affected_client
            select distinct client_id
            from {{ builtins.source('ops', 'appended_client') }}
            where {{ not_told }}
            returning client_id
        )
        select array_agg(client_id) into clients from found;
        insert into staging.affected_bureau_credit
        select distinct bureau_credit_id
        from {{ builtins.source('ops', 'appended_bureau_credit') }}
        where {{ not_told }};

        loop
            with found as (
                insert into staging.affected_loan
                {%- for table in loan_tables() %}
                select sk_id_prev from raw.{{ table }}
                where sk_id_curr = any(clients) and sk_id_prev is not null
                {{ 'union' if not loop.last }}
                {%- endfor %}
                on conflict do nothing
                returning previous_application_id
            )
            select array_agg(previous_application_id) into loans from found;

            insert into staging.affected_bureau_credit
            select sk_id_bureau from raw.bureau
            where sk_id_curr = any(clients) and sk_id_bureau is not null
            on conflict do nothing;
            credits := array(
                select bureau_credit_id from staging.affected_bureau_credit
            );

            with found as (
                insert into staging.affected_client
                {%- for table in loan_tables() %}
                select sk_id_curr from raw.{{ table }}
                where sk_id_prev = any(loans) and sk_id_curr is not null
                union
                {%- endfor %}
                select sk_id_curr from raw.bureau
                where sk_id_bureau = any(credits) and sk_id_curr is not null
                on conflict do nothing
                returning client_id
            )
            select array_agg(client_id) into clients from found;
            exit when clients is null;
        end loop;
    end $find$;
{% endmacro %}


{#-
    Landed rows of affected loans, credits and clients; and rows without one of their
    ids, which no batch names and which go to quarantine whatever else has landed.
-#}
{% macro find_affected_landing_rows_sql() %}
    {%- set client = ['sk_id_curr', 'client_id', 'affected_client'] -%}
    {%- set credit = ['sk_id_bureau', 'bureau_credit_id', 'affected_bureau_credit'] -%}
    {%- set loan = ['sk_id_prev', 'previous_application_id', 'affected_loan'] -%}
    {%- set tables = {
        'application_train': client,
        'application_test': client,
        'bureau': credit,
        'bureau_balance': credit,
    } -%}
    {%- for table in loan_tables() -%}
        {%- do tables.update({table: loan}) -%}
    {%- endfor -%}
    {%- for table, (column, id, affected) in tables.items() %}
    insert into staging.affected_row
    select '{{ table }}', ctid from raw.{{ table }}
    where {{ column }} = any(array(select {{ id }} from staging.{{ affected }}))
    {%- for key in [column, 'sk_id_curr'] | unique
        if key == column or table != 'bureau_balance' %}
    union
    select '{{ table }}', ctid from raw.{{ table }} where {{ key }} is null
    {%- endfor %};
    {%- endfor %}
    analyze staging.affected_row;
{% endmacro %}


{#-
    One view per landing table, staging view and table of clients that is there, and a
    second one where blocks are made of it. That of a staging view repeats its
    definition: dbt replaces the view itself in the same run.
-#}
{% macro create_affected_views_sql() %}
    {%- for id, node in graph.sources.items() if node.source_name == 'home_credit' %}
    create view {{ affected_relation(node.schema, node.identifier) }} as
    select * from (
        select *, ctid as landing_row_id from {{ node.schema }}.{{ node.identifier }}
    ) as landed
    where {{ is_affected('landing_row_id', [node.identifier]) }};
    {%- endfor %}
    do $views$
    declare
        relation_name text;
        view_name text;
        condition text;
    begin
        for relation_name, view_name, condition in values
        {%- for node in affected_nodes() %}
        (
            '{{ node.schema }}.{{ node.alias }}',
            '{{ affected_relation(node.schema, node.alias).include(database=false) }}',
            $condition${{ affected_condition(node) }}$condition$
        ){{ ',' if not loop.last }}
        {%- endfor %}
        {%- for node in nodes_read_by_blocks() %},
        (
            '{{ node.schema }}.{{ node.alias }}',
            '{{ affected_relation(node.schema, node.alias, true).include(
                database=false
            ) }}',
            $condition${{ is_in_an_affected_block() }}$condition$
        )
        {%- endfor %}
        loop
            continue when to_regclass(relation_name) is null;
            execute (
                select format(
                    'create view %s as select * from (%s) as known where %s',
                    view_name,
                    case relkind
                        when 'v' then rtrim(pg_get_viewdef(oid), ';')
                        else 'select * from ' || relation_name
                    end,
                    condition
                )
                from pg_class
                where oid = to_regclass(relation_name)
            );
        end loop;
    end $views$;
{% endmacro %}


{#- Quarantine's and staging's rows are known by where they landed. -#}
{% macro affected_condition(node) %}
    {%- set landing_tables = landing_tables_of(node) -%}
    {%- if node.schema == 'quarantine' -%}
        {%- set landing_tables = [node.alias] -%}
    {%- endif -%}
    {{ return(is_affected(affected_key(node), landing_tables)) }}
{% endmacro %}


{#- At the end of a run: nothing of it stays behind. -#}
{% macro forget_affected_rows() %}
    {%- if is_building_appended() and target.type == 'postgres' -%}
        {{ forget_affected_rows_sql() }} commit
    {%- endif -%}
{% endmacro %}


{% macro forget_affected_rows_sql() %}
    do $forget$
    declare
        statement text;
    begin
        for statement in
            select format(
                'drop %s staging.%I',
                case relkind when 'v' then 'view' else 'table' end,
                relname
            )
            from pg_class
            where
                relnamespace = to_regnamespace('staging')
                and relname like 'affected\_%'
                and relkind in ('r', 'v')
            order by relkind desc
        loop
            execute statement;
        end loop;
    end $forget$;
{% endmacro %}
