import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def derivation() -> ModuleType:
    path = Path(__file__).with_name("make_calling_codes.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def seed(derivation: ModuleType) -> list[tuple[str, ...]]:
    with derivation.SEED.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == derivation.HEADER
    return [tuple(row) for row in rows]


def test_the_seed_is_what_the_package_derives(
    seed: list[tuple[str, ...]], derivation: ModuleType
) -> None:
    assert seed == derivation.derived_rows()


@pytest.mark.parametrize(
    ("prefix", "country", "is_toll_free"),
    [
        ("1", "US", "false"),
        ("1317", "US", "false"),
        ("1416", "CA", "false"),
        ("1242", "BS", "false"),
        ("1787", "PR", "false"),
        ("1800", "US", "true"),
        ("1888", "US", "true"),
        ("44", "GB", "false"),
        ("7", "RU", "false"),
        ("33", "FR", "false"),
    ],
)
def test_a_prefix_belongs_to_its_country(
    seed: list[tuple[str, ...]], prefix: str, country: str, is_toll_free: str
) -> None:
    assert [row[1:3] for row in seed if row[0] == prefix] == [(country, is_toll_free)]


def test_great_britain_and_russia_are_whole(seed: list[tuple[str, ...]]) -> None:
    assert [row[0] for row in seed if row[0].startswith(("44", "7"))] == ["44", "7"]


def test_satellite_and_world_codes_belong_to_no_country(seed: list[tuple[str, ...]]) -> None:
    assert not [row for row in seed if row[0] in {"800", "870", "881", "883"}]


def test_toll_free_area_codes_are_8_and_two_equal_digits(seed: list[tuple[str, ...]]) -> None:
    toll_free = [row[0] for row in seed if row[2] == "true"]
    assert toll_free == ["1800", "1833", "1844", "1855", "1866", "1877", "1888"]
