-- Grain: one row per line of a vendor's invoice in effect.
-- Rule: REC-1 (a line maps by its description to charge-code prefixes; a credit or an adjustment is
-- compared with the charge that it is of).
-- Guarantees: a description that nothing knows has a key of its own and the nearest known ones.
-- Forbids: a vendor's line without a key; the vendor's section deciding anything.
with

vendor_lines as (

    select * from {{ ref('int_vendor__lines') }}

),

descriptions as (

    select * from {{ ref('int_vendor__descriptions') }}

),

keyed as (

    select
        vendor_lines.*,
        regexp_replace(
            regexp_replace(
                vendor_lines.description_key,
                '^(credit|adjustment)s?( note)?:?( for| of| to)? |[ (]+(credits?|adjustments?)\)?$',
                '',
                'g'
            ),
            ':$',
            ''
        ) as adjusted_key
    from vendor_lines

),

known as (

    select
        keyed.file_id,
        keyed.line_number,
        descriptions.charge_prefix,
        -- what stands there as it is goes before what is left of it without the word credit
        case when descriptions.description_key = keyed.description_key then 0 else 1 end
            as distance,
        min(descriptions.position) as position
    from keyed
    inner join descriptions
        on
            keyed.org = descriptions.org
            and descriptions.description_key in (keyed.description_key, keyed.adjusted_key)
            and keyed.service_start >= descriptions.effective_from
            and keyed.service_start < descriptions.effective_until
    group by keyed.file_id, keyed.line_number, descriptions.charge_prefix, distance

),

nearest as (

    select
        file_id,
        line_number,
        min(distance) as distance
    from known
    group by file_id, line_number

),

mapped as (

    select
        known.file_id,
        known.line_number,
        list(known.charge_prefix order by known.position, known.charge_prefix) as charge_prefixes
    from known
    inner join nearest
        on
            known.file_id = nearest.file_id
            and known.line_number = nearest.line_number
            and known.distance = nearest.distance
    group by known.file_id, known.line_number

),

unmapped as (

    select distinct
        keyed.org,
        keyed.description_key
    from keyed
    left join mapped
        on
            keyed.file_id = mapped.file_id
            and keyed.line_number = mapped.line_number
    where mapped.file_id is null

),

likeness as (

    select
        unmapped.org,
        unmapped.description_key,
        descriptions.description,
        -- letters that agree, and words that are shared
        max(
            jaro_winkler_similarity(unmapped.description_key, descriptions.description_key)
            + len(
                list_intersect(
                    string_split(unmapped.description_key, ' '),
                    string_split(descriptions.description_key, ' ')
                )
            )
            / len(string_split(unmapped.description_key, ' '))
        ) as likeness
    from unmapped
    inner join descriptions
        on unmapped.org = descriptions.org
    group by unmapped.org, unmapped.description_key, descriptions.description

),

suggestions as (

    select
        org,
        description_key,
        list(description order by place) as nearest_descriptions
    from (
        select
            likeness.*,
            row_number() over (
                partition by likeness.org, likeness.description_key
                order by likeness desc, likeness.description asc
            ) as place
        from likeness
    ) as ranked
    where place <= {{ nearest_shown() }}
    group by org, description_key

)

select
    keyed.org,
    keyed.vendor_invoice_number,
    keyed.invoice_date,
    keyed.service_start,
    keyed.service_end,
    keyed.description,
    keyed.description_key,
    keyed.quantity,
    keyed.rate,
    keyed.amount,
    keyed.currency,
    keyed.section,
    keyed.file_id,
    keyed.line_number,
    coalesce(mapped.charge_prefixes, []::varchar[]) as charge_prefixes,
    coalesce(
        mapped.charge_prefixes[1], 'unmapped.' || {{ slug('keyed.description_key') }}
    ) as charge_key,
    coalesce(suggestions.nearest_descriptions, []::varchar[]) as nearest_descriptions
from keyed
left join mapped
    on
        keyed.file_id = mapped.file_id
        and keyed.line_number = mapped.line_number
left join suggestions
    on
        keyed.org = suggestions.org
        and keyed.description_key = suggestions.description_key
        and mapped.file_id is null
