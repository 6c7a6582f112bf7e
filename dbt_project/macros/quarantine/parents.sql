{# The parents that several landing tables have, for quarantined_rows. #}
{% macro parent_client() %}
    {{ return({
        'relation': ref('dim_client'),
        'columns': {'client_id': 'sk_id_curr'},
        'reason': 'unknown client',
    }) }}
{% endmacro %}


{# The loan, of the row's own client. #}
{% macro parent_loan_of_client() %}
    {{ return({
        'relation': ref('fct_previous_application'),
        'columns': {
            'previous_application_id': 'sk_id_prev',
            'client_id': 'sk_id_curr',
        },
        'reason': 'loan of another client',
    }) }}
{% endmacro %}
