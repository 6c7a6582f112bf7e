{#
    Features of the instalments that fell due before the request.

    One row per instalment: the mart has already counted each payment once, however
    many versions of the instalment repeat it. An instalment never paid has no
    delay; it counts as late, underpaid and unpaid. recency_rank counts back from the
    instalment due last.
#}
{% macro installments_specification() %}
    {% set windows = 'all, 2m, 3m, 6m, 12m, 24m, last_2, last_3, last_5, last_10, last_loan' %}
    {% set specification %}
source: installments

relations:
  installments:
    grain: "fct_installment, due before the request"
    windows:
      2m: "due_day >= -61"
      3m: "due_day >= -91"
      6m: "due_day >= -183"
      12m: "due_day >= -365"
      24m: "due_day >= -730"
    {% for count in [2, 3, 5, 10, 12, 24, 60] %}
      last_{{ count }}: "recency_rank <= {{ count }}"
    {% endfor %}
      last_loan: "is_last_loan"
    measures:
      # How many
      - {measure: installment, aggregates: [count], windows: [all, 12m]}
      - {measure: loan, of: previous_application_id, aggregates: [distinct_count]}
      - {measure: days_since_due, of: -due_day, aggregates: [min, max]}
      # On time
      - {measure: late, of: is_late, aggregates: [share], windows: [{{ windows }}]}
      - {measure: days_late, of: days_past_due, aggregates: [mean], windows: [{{ windows }}]}
      - {measure: days_late, of: days_past_due, aggregates: [max], windows: [all, 3m, 6m, 12m, last_loan]}
      - {measure: days_early, of: days_before_due, aggregates: [mean], windows: [all, 12m, last_loan]}
      - {measure: days_late, of: days_past_due, along: elapsed_years, aggregates: [trend], windows: [24m, last_12, last_24, last_60]}
      - {measure: days_late, of: days_past_due, weight: recency_weight, aggregates: [recent_mean]}
      - {measure: days_late_or_early, of: days_late, aggregates: [deviation], windows: [all, 12m]}
      - {measure: late, of: cast(is_late as integer), weight: recency_weight, aggregates: [recent_mean]}
      - {measure: late_week, of: days_past_due > 7, known: days_past_due, aggregates: [share], windows: [all, 12m]}
      - {measure: late_month, of: days_past_due > 30, known: days_past_due, aggregates: [share], windows: [all, 12m]}
      - {measure: late_first, of: is_late, where: installment_number <= 3, aggregates: [share]}
      - {measure: days_since_late, of: -due_day, where: is_late, aggregates: [min]}
      - {measure: installments_since_late, of: recency_rank - 1, where: is_late, aggregates: [min]}
      # In full
      - {measure: underpaid, of: is_underpaid, aggregates: [share], windows: [all, 6m, 12m, last_loan]}
      - {measure: unpaid, of: payment_count = 0, known: payment_count, aggregates: [any, share]}
      - {measure: paid_to_due, of: paid_amount, per: due_amount, aggregates: [ratio], windows: [all, 6m, 12m, last_5, last_loan]}
      - {measure: shortfall_amount, of: shortfall_amount, aggregates: [max, sum]}
      - {measure: shortfall_amount, of: shortfall_amount, aggregates: [sum], windows: [12m]}
      - {measure: late_money, of: late_amount, per: due_amount, aggregates: [ratio], windows: [12m]}
      - {measure: payments, of: payment_count, aggregates: [mean]}
      - {measure: rescheduled, of: version_count > 1, known: version_count, aggregates: [share]}
      # How much
      - {measure: due_amount, of: due_amount, aggregates: [mean, max]}
      - {measure: due_amount, of: due_amount, aggregates: [mean], windows: [last_loan]}
      - {measure: due_amount, of: due_amount, aggregates: [sum, max], windows: [12m]}

with_application:
  annuity_to_largest_due_ratio: "{{ ratio('application_annuity_amount', 'installments_due_amount_max') }}"
  annuity_to_mean_due_ratio: "{{ ratio('application_annuity_amount', 'installments_due_amount_mean') }}"
  annuity_to_last_loan_due_ratio: "{{ ratio('application_annuity_amount', 'installments_due_amount_mean_last_loan') }}"
  annuity_to_largest_recent_due_ratio: "{{ ratio('application_annuity_amount', 'installments_due_amount_max_12m') }}"
  shortfall_to_income_ratio: "{{ ratio('installments_shortfall_amount_sum_12m', 'application_income_amount') }}"
  late_6m_minus_all_difference: installments_late_share_6m - installments_late_share
  days_late_12m_minus_all_difference: installments_days_late_mean_12m - installments_days_late_mean
  due_to_income_ratio: "{{ ratio('installments_due_amount_sum_12m', 'application_income_amount') }}"
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
