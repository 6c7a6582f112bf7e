{#
    Features that set all of a client's commitments and habits together: the request,
    the loans running here and elsewhere, the signs of trouble in any source. What a
    client has nowhere counts as nothing, so only the request itself can be unknown.
#}
{% macro overall_specification() %}
    {% set elsewhere = 'coalesce(bureau_debt_amount_sum_active, 0)' %}
    {% set here = 'coalesce(previous_remaining_amount_sum_running, 0)' %}
    {% set on_card = 'coalesce(card_balance_amount_mean_3m, 0)' %}
    {% set debts = as_double(elsewhere) ~ ' + ' ~ here ~ ' + ' ~ on_card %}
    {% set installments_elsewhere
        = 'coalesce(bureau_implied_installment_amount_sum_active, 0)' %}
    {% set installments_here = 'coalesce(previous_annuity_amount_sum_running, 0)' %}
    {% set installments = as_double(installments_elsewhere)
        ~ ' + ' ~ installments_here %}
    {% set signs = [
        'installments_late_share_3m > 0',
        'installments_days_late_max_12m > 30',
        'installments_unpaid_any > 0',
        'previous_application_count_refused_12m > 0',
        'bureau_overdue_amount_sum > 0',
        'bureau_late_month_share_12m > 0',
        'bureau_past_planned_end_share_active > 0',
        'bureau_credit_count_active_microloan > 0',
        'bureau_debt_to_credit_ratio_active > 0.9',
        'pos_days_past_due_max_12m > 0',
        'card_days_past_due_max_12m > 0',
        'card_over_limit_share_12m > 0',
    ] %}
    {% set specification %}
source: overall

with_application:
  debt_to_income_ratio: "{{ ratio('(' ~ debts ~ ')', 'application_income_amount') }}"
  debt_and_request_to_income_ratio: >-
    ({{ debts }} + application_credit_amount)
    / nullif(application_income_amount, 0)
  debt_to_request_ratio: "{{ ratio('(' ~ debts ~ ')', 'application_credit_amount') }}"
  installments_to_income_ratio: >-
    ({{ installments }} + application_annuity_amount)
    / nullif(application_income_amount, 0)
  income_after_installments_difference: >-
    application_income_amount - application_annuity_amount
    - ({{ installments }})
  credit_seeking_count: >-
    coalesce(application_enquiry_year_count, 0)
    + coalesce(application_enquiry_quarter_count, 0)
    + coalesce(application_enquiry_month_count, 0)
    + previous_application_count_12m + bureau_credit_count_opened_12m
  warning_count: >-
    {% for sign in signs -%}
    case when {{ sign }} then 1 else 0 end {{ '+ ' if not loop.last }}
    {%- endfor %}
  late_share_times_external_risk_ratio: >-
    installments_late_share * (1 - application_external_score_mean)
  refused_share_times_external_risk_ratio: >-
    previous_refused_share * (1 - application_external_score_mean)
  debt_part_times_external_risk_ratio: >-
    bureau_debt_to_credit_ratio_active * (1 - application_external_score_mean)
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}


{% macro as_double(expression) -%}
    cast({{ expression }} as double precision)
{%- endmacro %}
