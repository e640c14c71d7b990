-- Grain: one row per comparison that varies and cause of its variance.
-- Rule: REC-4 (every variance is split into causes whose amounts add up to it exactly; fewer
-- causes win over more; what no cause explains is `unexplained`).
-- Guarantees: of the explanations of a row the one that leaves nothing unexplained, with the
-- fewest causes, wins; a plain difference counts as one more, because it fits any figure, and
-- stands behind a reading of a rule that explains as much. A reading that is weak on its row (one
-- count that agrees) is believed only if the rest of the invoice bears it out. Then what fewer
-- rows contradict and more rows agree with; then the catalogue's order.
-- Forbids: money lost or counted twice between causes.
with

explanations as (

    select * from {{ ref('int_causes__explanations') }}

),

cause_catalogue as (

    select * from {{ ref('variance_causes') }}

),

judged as (

    select
        *,
        causes + (is_plain and first_cause is not null)::integer as weight,
        rows_needed > 0
        and (contradicting_rows > 0 or agreeing_rows < rows_needed) as is_unproven
    from explanations

),

chosen as (

    select judged.*
    from judged
    left join cause_catalogue as first_causes
        on judged.first_cause = first_causes.cause
    qualify
        row_number() over (
            partition by
                judged.org,
                judged.invoice_month,
                judged.period_start,
                judged.service_start,
                judged.charge_key
            order by
                judged.unexplained_part <> 0,
                judged.is_unproven,
                judged.weight,
                judged.is_plain,
                not judged.is_quantity,
                judged.contradicting_rows,
                -judged.agreeing_rows,
                abs(judged.unexplained_part),
                first_causes.position nulls last,
                judged.position,
                judged.first_reading nulls last,
                judged.second_reading nulls last
        ) = 1

),

parts as (

    select
        *,
        first_cause as cause,
        first_part as amount,
        first_detail as detail
    from chosen
    where first_cause is not null
    union all
    select
        *,
        second_cause as cause,
        second_part as amount,
        second_detail as detail
    from chosen
    where second_cause is not null
    union all
    select
        *,
        rest_cause as cause,
        rest_part as amount,
        case rest_cause
            when 'currency'
                then 'billed in ' || vendor_currency || ' instead of ' || currency
            when 'rounding_place'
                then 'the line is rounded in another way: ' || {{ plain_number('vendor_amount') }}
            else
                case when rest_cause = 'tax' then 'tax rate ' else 'rate ' end
                || case
                    when vendor_rate is null then 'not shown'
                    else {{ plain_number('vendor_rate') }}
                end
                || case
                    when rate is null then ''
                    else ' instead of ' || {{ plain_number('rate') }}
                end
        end as detail
    from chosen
    where rest_cause is not null
    union all
    select
        *,
        'unexplained' as cause,
        unexplained_part as amount,
        case
            when abs(vendor_product - vendor_amount) > 0
                then
                    'the vendor''s quantity × rate is ' || {{ plain_number('vendor_product') }}
                    || ', its amount ' || {{ plain_number('vendor_amount') }}
            else 'no reading of the rules gives the vendor''s figure'
        end as detail
    from chosen
    where unexplained_part <> 0

)

select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    cause,
    sum(amount)::decimal(18, 6) as amount,
    string_agg(detail, '; ' order by detail) as detail,
    min(currency) as currency
from parts
group by
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    cause
