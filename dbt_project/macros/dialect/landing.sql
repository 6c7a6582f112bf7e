{#-
    At the start of a run on Spark: the landing tables, from the files of the folder
    that LANDING_DIR names. On PostgreSQL `python -m ingestion load` has filled them.

    Columns and types are those that the sources declare. A file lands as Parquet
    with the number of each row under the name of PostgreSQL's own, ctid, so that
    quarantine finds a row again; the same file again is not read again. An absent
    optional file gives an empty table.
-#}
{% macro land_files() %}
    {{ return(adapter.dispatch('land_files')()) }}
{% endmacro %}


{% macro default__land_files() %}
    {{ return('') }}
{% endmacro %}


{% macro spark__land_files() %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set landed_files = files_of_landing_folder() -%}
    {%- for source in graph.sources.values() if source.external -%}
        {%- set file = file_of_source(source, landed_files) -%}
        {%- do run_query('create schema if not exists ' ~ source.schema) -%}
        {%- if file.fingerprint != landed_fingerprint(source) -%}
            {%- do land_file(source, file) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{#- Relative to the checkout, where commands are typed; dbt itself runs one below. -#}
{% macro landing_folder() %}
    {%- set named = env_var('LANDING_DIR', '') -%}
    {%- if not named -%}
        {{ exceptions.raise_compiler_error(
            'LANDING_DIR is not set: name the folder that holds the .csv or .csv.gz'
            ~ ' files, for instance LANDING_DIR=build/sample-5000'
        ) }}
    {%- endif -%}
    {%- set is_absolute = named.startswith('/') or '://' in named -%}
    {{ return((named if is_absolute else '../' ~ named).rstrip('/')) }}
{% endmacro %}


{#- {name: {path, fingerprint}} of the CSV files in the landing folder. -#}
{% macro files_of_landing_folder() %}
    {%- set found = {} -%}
    {%- set rows = run_query(
        'select path, length, modificationTime from binaryFile.`'
        ~ landing_folder() ~ '/*.csv*`'
    ) -%}
    {%- for row in rows -%}
        {%- do found.update({row[0].split('/')[-1]: {
            'path': row[0], 'fingerprint': row.values() | join(' '),
        }}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- The one file of a source; a path of none where an optional one is absent. -#}
{% macro file_of_source(source, landed_files) %}
    {%- set location = source.external.location -%}
    {%- set packed = location ~ '.gz' -%}
    {%- if location in landed_files and packed in landed_files -%}
        {{ exceptions.raise_compiler_error(
            landing_folder() ~ ' holds both ' ~ location ~ ' and ' ~ packed
            ~ ': remove the one that is not meant'
        ) }}
    {%- endif -%}
    {%- set file = landed_files.get(location) or landed_files.get(packed) -%}
    {%- if file -%}
        {{ return(file) }}
    {%- elif source.external.is_required -%}
        {{ exceptions.raise_compiler_error(
            landing_folder() ~ ' holds no ' ~ location ~ ', without which there are'
            ~ ' no clients'
        ) }}
    {%- endif -%}
    {%- do log(source.name ~ ': no file, an empty table', info=true) -%}
    {{ return({'path': none, 'fingerprint': 'no file'}) }}
{% endmacro %}


{% macro landed_fingerprint(source) %}
    {%- set relation = load_relation(
        api.Relation.create(schema=source.schema, identifier=source.name)
    ) -%}
    {%- if relation is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set properties = run_query('show tblproperties ' ~ relation) -%}
    {%- for row in properties if row[0] == 'landed_from' -%}
        {{ return(row[1]) }}
    {%- endfor -%}
{% endmacro %}


{% macro land_file(source, file) %}
    {%- set columns = [] -%}
    {%- for column in source.columns.values() -%}
        {%- do columns.append(column.name ~ ' ' ~ spark_type(column.data_type)) -%}
    {%- endfor -%}
    {%- set table = source.schema ~ '.' ~ source.name -%}
    {%- do run_query('drop table if exists ' ~ table) -%}
    {%- if file.path is none -%}
        {%- do run_query(
            'create table ' ~ table ~ ' (' ~ columns | join(', ')
            ~ ', ctid bigint) using parquet'
        ) -%}
    {%- else -%}
        {%- do run_query(
            'create or replace temporary view landing_file ('
            ~ columns | join(', ') ~ ') using csv options ('
            ~ csv_options(file.path) ~ ')'
        ) -%}
        {%- do run_query(
            'create table ' ~ table ~ ' using parquet as select *, '
            ~ 'monotonically_increasing_id() as ctid from landing_file'
        ) -%}
        {%- do run_query('drop view landing_file') -%}
    {%- endif -%}
    {%- do run_query(
        'alter table ' ~ table ~ " set tblproperties ('landed_from' = "
        ~ spark_literal(file.fingerprint) ~ ')'
    ) -%}
    {%- do log(source.name ~ ': landed', info=true) -%}
{% endmacro %}


{#-
    As COPY reads: the header is verified, a row that does not fit ends the run, a
    quote is doubled, an unquoted nothing is null.
-#}
{% macro csv_options(path) %}
    {%- set options = {
        'path': path,
        'header': 'true',
        'enforceSchema': 'false',
        'mode': 'FAILFAST',
        'escape': '"',
    } -%}
    {%- set written = [] -%}
    {%- for name, value in options.items() -%}
        {%- do written.append(name ~ ' ' ~ spark_literal(value)) -%}
    {%- endfor -%}
    {{ return(written | join(', ')) }}
{% endmacro %}
