-- Decisions in numbers, for who may see none of them. The views read with the
-- rights of their owner.
set local role ops_owner;

create or replace view ops.decision_day with (security_barrier = true) as
select
    cast(decided_at at time zone 'UTC' as date) as decided_on,
    model_version,
    decision,
    count(*) as decision_count
from ops.decision_log
where decided_at >= now() - interval '90 days'
group by cast(decided_at at time zone 'UTC' as date), model_version, decision;

comment on view ops.decision_day is
'The model''s decisions of the last 90 days, counted by day in UTC.';

create or replace view ops.review_day with (security_barrier = true) as
select
    cast(decision_review.reviewed_at at time zone 'UTC' as date) as reviewed_on,
    decision_log.model_version,
    decision_log.decision as model_decision,
    decision_review.decision,
    count(*) as review_count
from ops.decision_review
inner join ops.decision_log
    on decision_review.decision_id = decision_log.decision_id
where decision_review.reviewed_at >= now() - interval '90 days'
group by
    cast(decision_review.reviewed_at at time zone 'UTC' as date),
    decision_log.model_version,
    decision_log.decision,
    decision_review.decision;

comment on view ops.review_day is
'Advisors'' own decisions of the last 90 days, counted by day in UTC.';

grant select on ops.decision_day, ops.review_day to advisor;

reset role;
