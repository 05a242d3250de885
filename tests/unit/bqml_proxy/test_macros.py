"""The macros rendered without dbt are those that dbt renders."""

from pathlib import Path

import jinja2
import pytest
from bqml_proxy.macros import Declared, MacroError, Macros, Relation, parameters
from dbt.adapters.factory import get_adapter_by_type, reset_adapters
from dbt.cli.main import dbtRunner
from dbt.clients.jinja import get_rendered
from dbt.context.providers import generate_runtime_model_context

ROOT = Path(__file__).parents[3]
MODEL = "ml_late_arrival__model"

CALLS = [
    "ml_predict({model}, 'few')",
    "ml_predict({model}, 'select 1 as x')",
    "ml_evaluate({model})",
    "ml_evaluate({model}, 'few')",
    "ml_explain_predict({model}, 'few', top_k_features=3)",
    "ml_training_info({model})",
    "ml_feature_info({model})",
    "ml_validate_data_drift('few', 'select * from many', 0.2)",
    "ml_validate_data_drift('few', 'many', thresholds={{'x': 0.1}}, num_histogram_buckets=5)",
    "ml_describe_data('few', top_k=3)",
    "ml_features_at_time('few', num_rows=2, ignore_feature_nulls=true)",
    "ml_entity_features_at_time('few', 'select * from many')",
    "ml_bucketize('x', '[1, 2]', output_format='bucket_ranges')",
    "ml_one_hot_encoder('x', 'most_frequent', 9)",
    "ml_polynomial_expand('struct(a, b + 1 as c)', 2)",
    "ml_hash_bucketize('x', 5)",
    "ml_distance('v', 'w', 'COSINE')",
    '_duckdb_ml_calls("ml.tf_idf(ml.ngrams(x, [1, 2])) over () as y")',
]


@pytest.fixture(scope="module")
def dbt(tmp_path_factory):
    """What renders a template as dbt does for the model, and the model's node."""
    scratch = tmp_path_factory.mktemp("dbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("DBT_TARGET_PATH", str(scratch / "target"))
        patch.setenv("DBT_LOG_PATH", str(scratch / "logs"))
        patch.setenv("AZEKURA_DUCKDB", str(scratch / "azekura.duckdb"))
        for name in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR"):
            patch.setenv(name, str(ROOT))
        manifest = dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse"]).result
        node = next(node for node in manifest.nodes.values() if node.name == MODEL)
        context = generate_runtime_model_context(
            node, get_adapter_by_type("duckdb").config, manifest
        )
        yield lambda template: get_rendered(template, context), node
        reset_adapters()


@pytest.fixture(scope="module")
def macros(dbt):
    _, node = dbt
    return Macros(Declared(Relation(node.relation_name), node.name, node.config.meta["ml"]))


@pytest.mark.parametrize("call", CALLS)
def test_the_text_is_that_of_dbt(dbt, macros, call):
    render, node = dbt
    relation = node.relation_name
    text = render(f"{{{{ {call.format(model=repr(relation))} }}}}")
    assert (
        jinja2.Template(f"{{{{ {call.format(model='relation')} }}}}").render(
            relation=Relation(relation), **macros._context
        )
        == text
    )
    assert text


def test_the_training_statement_is_that_of_dbt(dbt, macros):
    render, node = dbt
    options = {"model_type": "LOGISTIC_REG", "input_label_cols": ["y"], "transform": ["x", "y"]}
    call = f"duckdb__ml_model_sql(this, {options}, 'select 1 as x, 2 as y')"
    wanted = render(f"{{{{ {call} }}}}")
    made = macros.call(
        "duckdb__ml_model_sql", Relation(node.relation_name), options, "select 1 as x, 2 as y"
    )
    assert made == wanted


def test_what_a_macro_refuses_is_one_sentence(macros):
    with pytest.raises(MacroError, match="threshold needs data"):
        macros.call("ml_evaluate", "m", threshold=0.3)


def test_parameters():
    assert parameters("ml_predict") == ("model", "data", "threshold", "keep_original_columns")
    assert parameters("ml_recommend") is None


def test_a_side_that_engines_share_is_found():
    macros = Macros()
    macros._context["default__shared"] = lambda: "of all"
    assert macros._context["adapter"].dispatch("shared", "azekura")() == "of all"
    macros._context["duckdb__shared"] = lambda: "of DuckDB"
    assert macros._context["adapter"].dispatch("shared", "azekura")() == "of DuckDB"
