{#
    Features of the monthly balances of point-of-sale and cash loans.

    is_latest_month marks the last known month of each loan: what is counted per
    loan is counted there.
#}
{% macro pos_specification() %}
    {% set statuses = {
        'active': 'Active', 'completed': 'Completed', 'signed': 'Signed',
        'returned': 'Returned to the store',
    } %}
    {% set specification %}
source: pos

relations:
  months:
    grain: "fct_pos_month up to the request"
    windows:
      3m: month >= -3
      6m: month >= -6
      12m: month >= -12
      24m: month >= -24
    measures:
      # The loans
      - {measure: loan, where: is_latest_month, aggregates: [count]}
      - {measure: active_loan, where: "is_latest_month and contract_status = 'Active'", aggregates: [count]}
      - {measure: month, aggregates: [count]}
      - {measure: loan_status, of: contract_status, one_hot: {{ statuses }}, where: is_latest_month, aggregates: [share]}
      - {measure: completed_early, of: is_completed_early, where: is_latest_month, aggregates: [share]}
      - {measure: remaining_installments, of: remaining_installment_count, where: "is_latest_month and contract_status = 'Active'", aggregates: [sum]}
      - {measure: remaining_part, of: remaining_installment_count, per: installment_count, where: "is_latest_month and contract_status = 'Active'", aggregates: [ratio]}
      - {measure: term_months, of: installment_count, where: is_latest_month, aggregates: [mean, max]}
      - {measure: remaining_installments, of: remaining_installment_count, aggregates: [mean], windows: [3m]}
      - {measure: months_since_activity, of: -month, aggregates: [min]}
      - {measure: months_of_history, of: -month, aggregates: [max]}
      # Late payments
      - {measure: days_past_due, of: days_past_due, aggregates: [max], windows: [all, 3m, 6m, 12m]}
      - {measure: days_past_due, of: days_past_due, aggregates: [mean], windows: [all, 12m]}
      - {measure: days_past_due_tolerated, of: days_past_due_tolerated, aggregates: [max], windows: [all, 12m]}
      - {measure: late_month, of: days_past_due > 0, known: days_past_due, aggregates: [share], windows: [all, 12m, 24m]}
      - {measure: late_month_tolerated, of: days_past_due_tolerated > 0, known: days_past_due_tolerated, aggregates: [share], windows: [all, 12m]}
      - {measure: months_since_late, of: -month, where: days_past_due > 0, aggregates: [min]}

with_application:
  term_to_past_term_ratio: "{{ ratio('application_credit_to_annuity_ratio', 'pos_term_months_mean') }}"
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
