{#
    Features of the monthly balances of the client's credit cards here.
#}
{% macro card_specification() %}
    {% set utilisation = ratio('balance_amount', 'credit_limit_amount') %}
    {% set specification %}
source: card

relations:
  months:
    grain: "fct_card_month up to the request"
    windows:
      3m: month >= -3
      6m: month >= -6
      12m: month >= -12
    measures:
      # The cards
      - {measure: card, of: previous_application_id, aggregates: [distinct_count]}
      - {measure: credit_limit_amount, of: credit_limit_amount, aggregates: [max]}
      - {measure: months_of_history, of: -month, aggregates: [max]}
      # Use
      - {measure: balance_amount, of: balance_amount, aggregates: [mean], windows: [3m, 12m]}
      - {measure: balance_amount, of: balance_amount, aggregates: [max]}
      - {measure: balance_to_limit, of: "{{ utilisation }}", aggregates: [mean, max], windows: [all, 3m, 6m, 12m]}
      - {measure: balance_to_limit, of: "{{ utilisation }}", weight: recency_weight, aggregates: [recent_mean]}
      - {measure: balance_to_limit, of: "{{ utilisation }}", along: month / 12.0, aggregates: [trend], windows: [12m]}
      - {measure: over_limit, of: balance_amount > credit_limit_amount, aggregates: [share], windows: [all, 3m, 12m]}
      - {measure: months_since_drawing, of: -month, where: drawings_count > 0, aggregates: [min]}
      - {measure: unused_month, of: balance_amount = 0, known: balance_amount, aggregates: [share]}
      - {measure: drawings_amount, of: drawings_amount, aggregates: [mean], windows: [3m, 12m]}
      - {measure: drawings_to_limit, of: drawings_amount, per: credit_limit_amount, aggregates: [ratio], windows: [3m, 6m, 12m]}
      - {measure: cash_drawings, of: atm_drawings_amount, per: drawings_amount, aggregates: [ratio], windows: [all, 3m, 6m, 12m]}
      - {measure: drawings, of: drawings_count, aggregates: [mean], windows: [3m, 12m]}
      - {measure: cash_withdrawals, of: atm_drawings_count, aggregates: [mean], windows: [3m, 12m]}
      # Repayment
      - {measure: payment_to_minimum, of: payment_total_amount, per: minimum_installment_amount, aggregates: [ratio], windows: [all, 3m, 12m]}
      - {measure: payment_to_balance, of: payment_total_amount, per: balance_amount, aggregates: [ratio], windows: [all, 12m]}
      - {measure: below_minimum, of: payment_total_amount < minimum_installment_amount, aggregates: [share], windows: [all, 12m]}
      - {measure: days_past_due, of: days_past_due, aggregates: [max, mean], windows: [12m]}
      - {measure: days_past_due_tolerated, of: days_past_due_tolerated, aggregates: [max], windows: [12m]}
      - {measure: late_month, of: days_past_due > 0, known: days_past_due, aggregates: [share], windows: [all, 12m]}
      - {measure: months_since_late, of: -month, where: days_past_due > 0, aggregates: [min]}

with_application:
  balance_to_income_ratio: "{{ ratio('card_balance_amount_mean_3m', 'application_income_amount') }}"
  balance_to_largest_balance_ratio: "{{ ratio('card_balance_amount_mean_3m', 'card_balance_amount_max') }}"
  drawings_3m_to_12m_ratio: "{{ ratio('card_drawings_amount_mean_3m', 'card_drawings_amount_mean_12m') }}"
  limit_to_income_ratio: "{{ ratio('card_credit_limit_amount_max', 'application_income_amount') }}"
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
