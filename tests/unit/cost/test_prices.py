"""Which price a statement has: the seed's, a var's, and a training's by who trains it."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from bqml_vocabulary.model_types import MODEL_TYPES, ModelType

from cost import CostError
from cost.prices import CREATE_MODEL, QUERY, TIB, Prices, prices, valid_prices

ROOT = Path(__file__).parents[3]
SEED = ROOT / "seeds" / "bigquery_prices.csv"
HEADER = "price_name,usd_per_tib,valid_from,source\n"
PRICES = Prices({QUERY: 2.0, CREATE_MODEL: 100.0})


def node(model_type: str | None = None, materialized: str = "ml_model") -> SimpleNamespace:
    meta = {"ml": {"model_type": model_type}} if model_type else {}
    return SimpleNamespace(
        name="trained", config=SimpleNamespace(materialized=materialized, meta=meta)
    )


def project(file: Path) -> SimpleNamespace:
    seed = SimpleNamespace(
        name="bigquery_prices",
        resource_type="seed",
        root_path=str(file.parent),
        original_file_path=file.name,
    )
    return SimpleNamespace(nodes={"seed.azekura.bigquery_prices": seed})


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_training_is_priced_by_who_trains_the_model(model_type):
    expected = {"bigquery": 100.0, "vertex_ai": 2.0, "nobody": 2.0}[
        MODEL_TYPES[model_type].trained_by
    ]
    assert PRICES.usd(TIB, "CreateModelStmt", node(model_type.lower())) == expected
    assert PRICES.usd(TIB, "QueryStmt", node(model_type)) == 2.0


@pytest.mark.parametrize(
    ("trained_by", "usd"), [("bigquery", 100.0), ("vertex_ai", 2.0), ("nobody", 2.0)]
)
def test_a_new_model_type_needs_its_row_of_the_vocabulary_only(monkeypatch, trained_by, usd):
    row = ModelType("MEAN_ONLY", "regression", trained_by=trained_by)
    monkeypatch.setitem(MODEL_TYPES, "MEAN_ONLY", row)
    assert PRICES.usd(TIB, "CreateModelStmt", node("mean_only")) == usd


def test_a_model_type_that_the_vocabulary_lacks_is_named():
    with pytest.raises(CostError, match=r"Model trained: .* MEAN_ONLY; add its row"):
        PRICES.usd(TIB, "CreateModelStmt", node("mean_only"))


def test_what_is_no_model_is_priced_as_a_query():
    assert PRICES.usd(TIB, "CreateModelStmt", node(materialized="table")) == 2.0


def test_no_model_type_is_named_where_costs_are_made():
    names = re.compile(rf"\b({'|'.join(MODEL_TYPES)})\b", re.IGNORECASE)
    files = [*(ROOT / "cost").glob("*.*"), *(ROOT / "macros" / "ops").glob("*.*")]
    assert files
    assert {file.name: names.findall(file.read_text()) for file in files} == {
        file.name: [] for file in files
    }


def test_the_seed_holds_todays_prices():
    assert valid_prices(SEED, date(2026, 1, 1)) == {QUERY: 6.25, CREATE_MODEL: 312.5}


def test_the_price_that_became_valid_last_counts(tmp_path):
    file = tmp_path / "bigquery_prices.csv"
    file.write_text(
        HEADER + "query,7,2024-02-01,s\nquery,9,2025-01-01,s\n"
        "query,5,2020-01-01,s\ncreate_model,250,2020-01-01,s\n"
    )
    assert valid_prices(file, date(2024, 2, 1)) == {QUERY: 7.0, CREATE_MODEL: 250.0}
    assert valid_prices(file, date(2024, 1, 31)) == {QUERY: 5.0, CREATE_MODEL: 250.0}
    with pytest.raises(CostError, match=r"no price 'query' that is valid on 2019-12-31"):
        valid_prices(file, date(2019, 12, 31))


def test_vars_come_before_the_seed():
    today = date(2026, 1, 1)
    found = prices(project(SEED), {"price_per_tib": 5}, today)
    assert found.usd_per_tib == {QUERY: 5.0, CREATE_MODEL: 312.5}
    both = {"price_per_tib": "5", "create_model_price_per_tib": 0}
    nobody = SimpleNamespace(nodes={})
    assert prices(nobody, both, today).usd_per_tib == {QUERY: 5.0, CREATE_MODEL: 0.0}


def test_a_project_without_the_seed_is_told_so():
    with pytest.raises(CostError, match=r"no seed bigquery_prices: add it, or give the vars"):
        prices(SimpleNamespace(nodes={}), {}, date(2026, 1, 1))


@pytest.mark.parametrize("value", ["dear", [], "6,25"])
def test_a_price_that_is_no_number_is_named(value):
    with pytest.raises(CostError, match=r"price_per_tib must be a number, not"):
        prices(project(SEED), {"price_per_tib": value}, date(2026, 1, 1))
