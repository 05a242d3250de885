"""The preprocessing macros: the text of a TRANSFORM clause, types, bad settings, references."""

from collections import Counter
from pathlib import Path

import pytest

PENGUINS = Path(__file__).parents[1] / "conformance" / "data" / "penguins.jsonl"

WORDS = [
    "pear",
    "apple",
    "fig",
    "apple",
    "fig",
    "apple",
    None,
    "Kiwi",
    "été",
    "fig",
    "pear",
    "zest",
]
SPARSE = "[{'k': 'a', 'v': 1.0}, {'k': 'b', 'v': 2.0}]"
OTHER_SPARSE = "[{'k': 'b', 'v': 5.0}, {'k': 'c', 'v': -2.0}]"

CALLS = {
    # the text of a TRANSFORM clause, argument by argument
    "crossed": """ml_feature_cross("struct(word, concat(word, ', ') as other)", "2")""",
    "expanded": """ml_polynomial_expand("STRUCT(x AS a, x * 2 as `b`)", "2")""",
    "bucket": """ml_bucketize("x", "[1, 2.5, 4.]", "FALSE", "'bucket_ranges'")""",
    "points": """ml_bucketize("x", "list_value(1, 2) || [3]", false, 'bucket_names')""",
    "open_ended": """ml_bucketize("x", "list_value(1, 2) || [3]", "true", 'bucket_ranges')""",
    "quoted": """ml_ngrams("[word, word]", "[2, 2]", '"\\\\t"')""",
    "apostrophe": """ml_ngrams("[word, word]", [2, 2], "'it''s'")""",
    "sparse": f'''ml_distance("{SPARSE}", "{OTHER_SPARSE}", "'EUCLIDEAN'")''',
    "far": f'''ml_distance("{SPARSE}", "{OTHER_SPARSE}", "'MANHATTAN'")''',
    "angle": f'''ml_distance("{SPARSE}", "{OTHER_SPARSE}", "'COSINE'")''',
    "no_vector": """ml_distance("[x]", "nullif([1.0], [1.0])")""",
    # for the types
    "fingerprint": "farm_fingerprint('word')",
    "hashed": "ml_hash_bucketize('word', 5)",
    "quantile": "ml_quantile_bucketize('x', 3, 'bucket_ranges_json')",
    "standard": "ml_standard_scaler('x')",
    "min_max": "ml_min_max_scaler('x')",
    "max_abs": "ml_max_abs_scaler('x')",
    "robust": "ml_robust_scaler('x')",
    "mean": "ml_imputer('x', 'mean')",
    "median": "ml_imputer('x', 'median')",
    "usual": "ml_imputer('word', 'most_frequent')",
    "label": "ml_label_encoder('word')",
    "one_hot": "ml_one_hot_encoder('word', 'most_frequent')",
    "multi_hot": "ml_multi_hot_encoder('[word]')",
    "bag": "ml_bag_of_words('[word]')",
    "weights": "ml_tf_idf('[word]')",
    "norm": "ml_lp_norm('[x]', 2)",
    "normalized": "ml_normalizer('[x]')",
    "zeros": "ml_normalizer('[0, 0]', 1)",
}

# the arguments, and words of the one sentence that refuses them
REFUSED = [
    ("ml_bucketize('x', [])", "array_split_points", "ascending"),
    ("ml_bucketize('x', [3, 2])", "array_split_points", "ascending"),
    ("ml_bucketize('x', '[1, 1]')", "array_split_points", "ascending"),
    ("ml_bucketize('x', [1], 'maybe')", "exclude_boundaries is maybe", "true or false"),
    ("ml_bucketize('x', [1], false, 'ranges')", "output_format is ranges", "'bucket_ranges_json'"),
    ("ml_quantile_bucketize('x', 1)", "num_buckets is 1", "2 or more"),
    ("ml_quantile_bucketize('x', 'many')", "num_buckets is many", "whole number"),
    ("ml_quantile_bucketize('x', 2.5)", "num_buckets is 2.5", "whole number"),
    ("ml_quantile_bucketize('x', 5, 'names')", "output_format", "bucket_names"),
    ("ml_hash_bucketize('word', -1)", "hash_bucket_size is -1", "0 or more"),
    ("ml_feature_cross(['word'])", "struct_features", "2 to 10"),
    ("ml_feature_cross('word')", "struct_features is word", "struct(a, b + 1 as c)"),
    ("ml_feature_cross(['word', 'upper(word)'])", "upper(word)", "name the expression"),
    ("ml_feature_cross(['a', 'b'], 5)", "degree is 5", "2 to 4"),
    ("ml_feature_cross(['a', 'b'], 1)", "degree is 1", "2 to 4"),
    ("ml_polynomial_expand('struct(a, b,c,d,e,f,g,h,i,j,k)')", "11 features", "1 to 10"),
    ("ml_polynomial_expand(['a'], '0')", "degree is 0", "1 to 4"),
    ("ml_robust_scaler('x', [75, 25])", "quantile_range is [75, 25]", "ascending"),
    ("ml_robust_scaler('x', [0, 75])", "quantile_range", "between 0 and 100"),
    ("ml_robust_scaler('x', '[25, 50, 75]')", "quantile_range", "two"),
    ("ml_robust_scaler('x', [25, 75], 2)", "with_median is 2", "true or false"),
    ("ml_normalizer('v', 0.5)", "p is 0.5", "1 or more"),
    ("ml_lp_norm('v', '-1')", "degree is -1", "1 or more"),
    ("ml_imputer('x', 'mode')", "strategy is mode", "'most_frequent'"),
    ("ml_label_encoder('word', 1000000)", "top_k is 1000000", "1 to 999999"),
    ("ml_one_hot_encoder('word', 'first')", "drop is first", "'most_frequent'"),
    ("ml_multi_hot_encoder('words', 0)", "top_k is 0", "1 to 999999"),
    ("ml_bag_of_words('words', 10, -1)", "frequency_threshold is -1", "0 or more"),
    ("ml_tf_idf('words', 'all')", "top_k is all", "whole number"),
    ("ml_ngrams('words', 2)", "range is 2", "two whole numbers"),
    ("ml_ngrams('words', '[0, 2]')", "range", "at least 1"),
    ("ml_ngrams('words', [2, 1])", "range", "two whole numbers"),
    ("ml_distance('v', 'w', 'CHEBYSHEV')", "type is CHEBYSHEV", "'COSINE'"),
]


@pytest.fixture(scope="module")
def project(tiny):
    """Words and numbers, and one model with a column for every call."""
    project = tiny()
    rows = ", ".join(
        f"({i}, {i / 2}, {'null' if word is None else repr(word)})" for i, word in enumerate(WORDS)
    )
    project.model("rows", f"select * from (values {rows}) as r (id, x, word)")
    columns = ",\n".join(f"{{{{ {call} }}}} as {name}" for name, call in CALLS.items())
    project.model("called", f"select id, x, {columns} from {{{{ ref('rows') }}}}")
    project.dbt("run").succeeded()
    return project


def value(project, column: str, number: int = 2):
    return project.query(f"select {column} from called where id = {number}")[0][0]


def test_the_text_of_a_transform_clause_is_understood(project):
    assert value(project, "crossed") == {"word_other": "fig_fig, "}
    assert value(project, "expanded", 3) == {
        "a": 1.5, "a_a": 2.25, "a_b": 4.5, "b": 3.0, "b_b": 9.0,
    }  # fmt: skip
    assert value(project, "bucket", 5) == "[2.5, 4)"
    assert value(project, "points", 5) == "bin_3"
    assert value(project, "open_ended", 5) == "[2, +inf)"
    assert value(project, "quoted") == ["fig\tfig"]
    assert value(project, "apostrophe") == ["figit'sfig"]


def test_sparse_vectors_are_matched_by_key(project):
    # (1, 2, 0) and (0, 5, -2)
    assert value(project, "sparse") == pytest.approx(14**0.5)
    assert value(project, "far") == pytest.approx(6)
    assert value(project, "angle") == pytest.approx(1 - 10 / (5 * 29) ** 0.5)
    assert value(project, "no_vector") is None


def test_types_are_bigquery_s(project):
    pairs = 'STRUCT("index" BIGINT, "value" DOUBLE)[]'
    expected = dict.fromkeys(CALLS, "DOUBLE") | {
        "crossed": "STRUCT(word_other VARCHAR)",
        "expanded": "STRUCT(a DOUBLE, a_a DOUBLE, a_b DOUBLE, b DOUBLE, b_b DOUBLE)",
        **dict.fromkeys(("bucket", "points", "open_ended", "quantile", "usual"), "VARCHAR"),
        **dict.fromkeys(("quoted", "apostrophe"), "VARCHAR[]"),
        **dict.fromkeys(("fingerprint", "hashed", "label"), "BIGINT"),
        **dict.fromkeys(("one_hot", "multi_hot", "bag", "weights"), pairs),
        **dict.fromkeys(("normalized", "zeros"), "DOUBLE[]"),
    }
    described = project.query("select column_name, column_type from (describe called)")
    assert {name: kind for name, kind in described if name in CALLS} == expected


def test_a_vector_of_zeros_is_left_alone(project):
    assert value(project, "zeros") == [0.0, 0.0]
    assert value(project, "normalized", 0) == [0.0]


@pytest.mark.parametrize(("top_k", "threshold"), [(32000, 1), (3, 1), (3, 2), (1, 0), (2, 3)])
def test_labels_are_those_of_a_plain_reference(project, top_k, threshold):
    project.model(
        "labelled",
        f"select word, {{{{ ml_label_encoder('word', {top_k}, {threshold}) }}}} as label"
        " from {{ ref('rows') }} order by id",
    )
    project.dbt("run", "--select", "labelled").succeeded()
    counts = Counter(word for word in WORDS if word is not None)
    ranked = sorted(counts, key=lambda word: (-counts[word], word.encode()))
    kept = [word for word in ranked if counts[word] >= threshold][:top_k]
    labels = {word: place for place, word in enumerate(sorted(kept, key=str.encode), start=1)}
    assert project.query("from labelled") == [(word, labels.get(word, 0)) for word in WORDS]


@pytest.mark.parametrize("buckets", [2, 3, 7, 10, 100])
def test_quantiles_are_the_inverted_cdf(project, buckets):
    """Element ceil(p n), exactly: 0.55 * 100 is a little more than 55 in floating point."""
    project.model("hundred", "select range + 1 as x from range(100)")
    project.model(
        "bucketed",
        f"select x, {{{{ ml_quantile_bucketize('x', {buckets}) }}}} as bucket"
        " from {{ ref('hundred') }} order by x",
    )
    project.dbt("run", "--select", "+bucketed").succeeded()
    quantiles = {-(-100 * number // buckets) for number in range(1, buckets)} - {1, 100}
    expected = [(x, f"bin_{1 + sum(q <= x for q in quantiles)}") for x in range(1, 101)]
    assert project.query("from bucketed") == expected


def test_penguins_are_scaled_as_bigquery_does(project):
    """BigQuery reckons from statistics of six significant digits: a mean that is rounded by half
    the last of them moves a scaled number by up to 4e-5, the deviation by less than 1e-4 of it."""
    expected = {
        "culmen_length_mm": {39.5: -0.81112, 38.5: -0.994552, 37.9: -1.104611},
        "culmen_depth_mm": {18.8: 0.836148, 17.2: 0.024748, 18.1: 0.48116},
        "flipper_length_mm": {196: -0.350044, 181: -1.418336, 188: -0.9198},
    }
    columns = ", ".join(
        f"{name}, {{{{ ml_standard_scaler('{name}') }}}} as {name}_scaled" for name in expected
    )
    bucket = "{{ ml_quantile_bucketize('culmen_length_mm', 5) }} as bucket"
    project.model("penguins", f"select {columns}, {bucket} from read_json('{PENGUINS}')")
    project.dbt("run", "--select", "penguins").succeeded()
    for name, values in expected.items():
        found = dict(project.query(f"select {name}, {name}_scaled from penguins"))
        assert {x: found[x] for x in values} == pytest.approx(values, rel=1e-4, abs=4e-5)
    buckets = dict(project.query("select culmen_length_mm, bucket from penguins"))
    assert [buckets[x] for x in (39.5, 38.5, 37.9)] == ["bin_2", "bin_2", "bin_1"]


def test_vectors_of_different_lengths_are_refused(project):
    project.model("far_off", """select {{ ml_distance('[1, 2]', '[1]', 'MANHATTAN') }} as d""")
    project.dbt("run", "--select", "far_off").failed_saying("ml_distance", "different lengths")
    project.model("far_off", "select 1 as d")


def test_a_key_that_stands_twice_is_refused(project):
    twice = "[{'k': 'a', 'v': 1.0}, {'k': 'a', 'v': 2.0}]"
    project.model("far_off", f"""select {{{{ ml_distance("{twice}", "{twice}") }}}} as d""")
    project.dbt("run", "--select", "far_off").failed_saying("unique")
    project.model("far_off", "select 1 as d")


@pytest.fixture(scope="module")
def refusals(tiny):
    """What each wrong call is answered with, from one run; parsing alone does not call them."""
    project = tiny()
    for number, (call, *_) in enumerate(REFUSED):
        project.model(f"refused_{number}", f"select {{{{ {call} if execute }}}} as refused")
    return project.dbt("run")


@pytest.mark.parametrize(("call", "words"), [(call, words) for call, *words in REFUSED])
def test_a_wrong_setting_is_refused_in_one_sentence(refusals, call, words):
    refusals.failed_saying(call.split("(")[0] + ": ", *words)
