-- Features of payment discipline read instalments, the dashboard also payments:
-- both must tell of the same payments and the same money.
with

installments as (

    select
        coalesce(sum(payment_count), 0) as payment_count,
        coalesce(sum(cast(paid_amount as numeric)), 0) as paid_amount
    from {{ ref('fct_installment') }}

),

payments as (

    select
        count(*) as payment_count,
        coalesce(sum(cast(paid_amount as numeric)), 0) as paid_amount
    from {{ ref('fct_installment_payment') }}

)

select
    installments.payment_count as installment_payment_count,
    payments.payment_count,
    installments.paid_amount as installment_paid_amount,
    payments.paid_amount
from installments
cross join payments
where
    installments.payment_count <> payments.payment_count
    or installments.paid_amount <> payments.paid_amount
