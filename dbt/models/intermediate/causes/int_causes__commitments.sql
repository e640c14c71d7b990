-- Grain: one row per organization, period, charge code and reading of a commitment.
-- Supports REC-4 (commitment: ignored, or taken off twice, CON-1, CON-5): what each charge code
-- would show. A prepay or a committed line of another size needs no reading: it is the
-- commitment's quantity (int_causes__quantities).
-- Forbids: a reading of the ramp, where no commitment applies.
with

scope as (

    select * from {{ ref('int_periods__scope') }}
    where phase = 'term'

),

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where is_varying

),

items as (

    select * from {{ ref('int_commitments__items') }}
    where committed > 0

),

licence_actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

app_actuals as (

    select * from {{ ref('int_appfoundry__actuals') }}

),

actuals as (

    select
        org,
        period_start,
        item_kind,
        item,
        actual
    from licence_actuals
    union all
    select
        org,
        period_start,
        'app_part' as item_kind,
        app_slug || '.' || part_slug as item,
        actual
    from app_actuals

),

used as (

    select
        scope.org,
        scope.invoice_month,
        scope.period_start,
        scope.subscription,
        items.charge_prefix,
        items.committed,
        items.prepay_rate,
        items.on_demand_rate,
        coalesce(actuals.actual, 0)::decimal(18, 6) as actual
    from scope
    inner join items
        on
            scope.org = items.org
            and scope.contract_version = items.version
    left join actuals
        on
            items.org = actuals.org
            and scope.period_start = actuals.period_start
            and items.item_kind = actuals.item_kind
            and items.item = actuals.item
    where
        (scope.org, scope.period_start) in (
            select (rows_to_explain.org, rows_to_explain.period_start) from rows_to_explain
        )

),

readings as (

    select
        *,
        charge_prefix || '.on_demand' as charge_code,
        'ignored' as reading,
        'commitment of ' || {{ plain_number('committed') }} || ' ignored: all '
        || {{ plain_number('actual') }} || ' used are billed on demand' as detail,
        actual as quantity,
        on_demand_rate as rate,
        0 as position
    from used
    union all
    select
        *,
        charge_prefix || '.on_demand' as charge_code,
        'taken_twice' as reading,
        'commitment of ' || {{ plain_number('committed') }} || ' taken off twice' as detail,
        greatest(actual - committed - committed, 0) as quantity,
        on_demand_rate as rate,
        1 as position
    from used
    where actual > committed + committed
    union all
    select
        *,
        charge_prefix || '.on_demand' as charge_code,
        'ignored_at_prepay_rate' as reading,
        'commitment of ' || {{ plain_number('committed') }} || ' ignored: all '
        || {{ plain_number('actual') }} || ' used are billed at the committed rate' as detail,
        actual as quantity,
        prepay_rate as rate,
        1 as position
    from used
    where
        subscription = 'monthly'
        and prepay_rate <> on_demand_rate
    union all
    -- in arrears, a commitment that is ignored is no line either
    select
        *,
        charge_prefix || '.committed' as charge_code,
        unnest(['ignored', 'ignored_at_prepay_rate']) as reading,
        'commitment of ' || {{ plain_number('committed') }} || ' ignored' as detail,
        0 as quantity,
        prepay_rate as rate,
        1 as position
    from used
    where subscription = 'monthly'

)

select
    org,
    invoice_month,
    period_start,
    period_start as service_start,
    charge_code,
    'commitment' as first_cause,
    'commitment:' || reading || ':' || charge_prefix as first_reading,
    detail as first_detail,
    null::varchar as second_cause,
    null::varchar as second_reading,
    null::varchar as second_detail,
    null::decimal(18, 6) as first_quantity,
    quantity::decimal(18, 6) as quantity,
    rate,
    position,
    -- a commitment that is not shown may as well be a line left out
    case when quantity = 0 then {{ rows_that_prove() }} else 0 end as rows_needed
from readings
