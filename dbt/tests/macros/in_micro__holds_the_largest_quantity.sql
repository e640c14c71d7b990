-- Fails if a quantity of twelve digits, or the smallest fraction, does not survive as micro-units.
with

cases (quantity, expected) as (

    values
    (999999999999.999999::decimal(18, 6), 999999999999999999::hugeint),
    (0.000001::decimal(18, 6), 1::hugeint),
    (1234567.5::decimal(18, 6), 1234567500000::hugeint)

)

select
    quantity,
    {{ in_micro('quantity') }} as actual
from cases
where {{ in_micro('quantity') }} <> expected
