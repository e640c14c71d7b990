"""Derives dbt/seeds/calling_codes.csv from the `phonenumbers` package (VOX-6).

Run it after the package moved: `python tests/catalogue/make_calling_codes.py`. The rows in the
repository were derived on 2026-11-22 from phonenumbers 9.0.43. They are dated 1900-01-01, because
the package tells what a code is, not since when; a code that moves gets a second, dated row.
"""

import csv
from pathlib import Path

import phonenumbers

SEED = Path(__file__).parents[2] / "dbt" / "seeds" / "calling_codes.csv"
HEADER = ("prefix", "country", "is_toll_free", "effective_from")
DERIVED_FROM = "1900-01-01"
NORTH_AMERICA = 1
NOWHERE = "001"  # the package's region of satellite and international freephone codes
SUBSCRIBER = "2345678"  # any seven digits that a subscriber may have: the area code decides


def country_codes() -> list[tuple[str, str, str, str]]:
    """One row per calling code with its main country: +44 and +7 whole are GB and RU."""
    return [
        (str(code), regions[0], "false", DERIVED_FROM)
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        if regions[0] != NOWHERE
    ]


def area_codes() -> list[tuple[str, str, str, str]]:
    """One row per area code of +1 that is in use; toll-free ones belong to no one country."""
    rows = []
    for area in range(200, 1000):
        number = phonenumbers.PhoneNumber(
            country_code=NORTH_AMERICA, national_number=int(f"{area}{SUBSCRIBER}")
        )
        country = phonenumbers.region_code_for_number(number)
        if country is None:
            continue
        kind = phonenumbers.number_type(number)
        is_toll_free = kind == phonenumbers.PhoneNumberType.TOLL_FREE
        rows.append((f"{NORTH_AMERICA}{area}", country, str(is_toll_free).lower(), DERIVED_FROM))
    return rows


def derived_rows() -> list[tuple[str, str, str, str]]:
    """All rows of the seed, in the order of their digits."""
    return sorted(country_codes() + area_codes())


def main() -> None:
    """Write the seed."""
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(derived_rows())


if __name__ == "__main__":
    main()
