-- Fails with the rows on which round_ratio is not half away from zero at the asked decimals.
with

cases (numerator, denominator, decimals, expected) as (

    values
    (1::hugeint, 3::hugeint, 2, 0.33::decimal(18, 6)),
    (2::hugeint, 3::hugeint, 2, 0.67::decimal(18, 6)),
    (1::hugeint, 2::hugeint, 0, 1::decimal(18, 6)),
    (-1::hugeint, 2::hugeint, 0, -1::decimal(18, 6)),
    (-1::hugeint, 3::hugeint, 2, -0.33::decimal(18, 6)),
    (10049::hugeint, 10000::hugeint, 2, 1.00::decimal(18, 6)),
    (1005::hugeint, 1000::hugeint, 2, 1.01::decimal(18, 6)),
    (10049999::hugeint, 10000000::hugeint, 2, 1.00::decimal(18, 6)),
    (0::hugeint, 7::hugeint, 6, 0::decimal(18, 6)),
    (1::hugeint, 111::hugeint, 6, 0.009009::decimal(18, 6)),
    (
        99999999999500000000000000000::hugeint,
        1000000000000000000::hugeint,
        0,
        100000000000::decimal(18, 6)
    )

)

select
    numerator,
    denominator,
    decimals,
    expected,
    {{ round_ratio('numerator', 'denominator', 'decimals') }} as actual
from cases
where {{ round_ratio('numerator', 'denominator', 'decimals') }} is distinct from expected
