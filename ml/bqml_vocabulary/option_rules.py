"""The rules that span several options of one CREATE MODEL."""

from collections.abc import Mapping
from typing import Any

from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.option_values import tried

# (option, the method that needs it)
_REQUIRED_COLUMNS = (
    ("data_split_col", "data_split_method"),
    ("kmeans_init_col", "kmeans_init_method"),
)


def check_combinations(options: Mapping[str, Any]) -> None:
    """The rules that one row of the table cannot state."""
    if len(options.get("input_label_cols", ["label"])) != 1:
        raise ModelError("option 'input_label_cols' must name exactly one column")
    for name, method in _REQUIRED_COLUMNS:
        if name in options and options[name] is None:
            raise ModelError(
                f"option '{name}' is required by {method} = {options[method]}; name the column"
            )
    if options.get("optimize_strategy") == "NORMAL_EQUATION" and max(tried(options["l1_reg"])) > 0:
        raise ModelError(
            "option 'optimize_strategy' cannot be NORMAL_EQUATION with l1_reg > 0; "
            "use BATCH_GRADIENT_DESCENT"
        )
    if options.get("optimize_strategy") == "NORMAL_EQUATION" and options["warm_start"]:
        raise ModelError(
            "option 'optimize_strategy' cannot be NORMAL_EQUATION with warm_start = true; "
            "use BATCH_GRADIENT_DESCENT"
        )
    if options.get("auto_class_weights") and options.get("class_weights"):
        raise ModelError(
            "option 'class_weights' excludes 'auto_class_weights'; remove one of the two"
        )
    if options.get("instance_weight_col") is not None:
        for other in ("auto_class_weights", "class_weights"):
            if options.get(other):
                raise ModelError(
                    f"option 'instance_weight_col' excludes '{other}'; remove one of the two"
                )
    if "colsample_bynode" in options:
        _check_column_samples(options)
    if "num_principal_components" in options:
        _check_component_count(options)
    if options.get("calculate_p_values"):
        _check_p_values(options)
    if "time_series_data_col" in options:
        _check_series(options)


def _check_series(options: Mapping[str, Any]) -> None:
    """The rules of a forecast."""
    columns = [options["time_series_timestamp_col"], options["time_series_data_col"]]
    keys = options["time_series_id_col"] or []
    columns += [keys] if isinstance(keys, str) else keys
    twice = [name for name in columns if [one.lower() for one in columns].count(name.lower()) > 1]
    if twice:
        raise ModelError(
            f"column '{twice[0]}' is named twice among time_series_timestamp_col, "
            "time_series_data_col and time_series_id_col; name another"
        )
    for name in ("time_series_id_col", "seasonalities"):
        if options.get(name) == []:
            raise ModelError(f"option '{name}' is an empty list; leave it out")
    if options["auto_arima"]:
        least, most = options["auto_arima_min_order"], options["auto_arima_max_order"]
        if least >= most:
            raise ModelError(
                f"option 'auto_arima_min_order' must be less than auto_arima_max_order, which is "
                f"{most}, not {least}"
            )
    else:
        _check_given_order(options)
    seasons = options.get("seasonalities", [])
    alone = [word for word in ("AUTO", "NO_SEASONALITY") if word in seasons]
    if alone and len(seasons) > 1:
        raise ModelError(f"option 'seasonalities': {alone[0]} stands alone; remove the others")
    _check_lengths(options)
    low, high = (options.get(f"forecast_limit_{end}_bound") for end in ("lower", "upper"))
    if low is not None and high is not None and low >= high:
        raise ModelError(
            f"option 'forecast_limit_lower_bound' must be less than forecast_limit_upper_bound, "
            f"which is {high:g}, not {low:g}"
        )


def _check_given_order(options: Mapping[str, Any]) -> None:
    if options["time_series_id_col"] is not None:
        raise ModelError(
            "option 'auto_arima' must be TRUE with time_series_id_col; remove one of the two"
        )
    order = options["non_seasonal_order"]
    if order is None:
        raise ModelError(
            "option 'non_seasonal_order' is required by auto_arima = FALSE; set it to [p, d, q]"
        )
    if order[1] > 2:
        raise ModelError(f"option 'non_seasonal_order' must have d up to 2, not {order[1]}")
    if options["include_drift"] and order[1] != 1:
        raise ModelError(
            "option 'include_drift' needs d = 1 in non_seasonal_order; change one of the two"
        )


def _check_lengths(options: Mapping[str, Any]) -> None:
    share, least, most = (
        options[name]
        for name in (
            "time_series_length_fraction",
            "min_time_series_length",
            "max_time_series_length",
        )
    )
    if share is not None and most is not None:
        raise ModelError(
            "option 'max_time_series_length' excludes 'time_series_length_fraction'; remove one of "
            "the two"
        )
    if least is not None and share is None:
        raise ModelError(
            "option 'min_time_series_length' needs time_series_length_fraction; set it, too"
        )


def _check_column_samples(options: Mapping[str, Any]) -> None:
    """A random forest leaves features out; the exact method cannot do so at every split."""
    names = ("colsample_bytree", "colsample_bylevel", "colsample_bynode")
    is_forest = options["model_type"].startswith("RANDOM_FOREST")
    if is_forest and all(options[name] == 1 for name in names):
        raise ModelError(
            f"option '{names[0]}', '{names[1]}' or '{names[2]}' must be less than 1 for "
            f"{options['model_type']}; lower one of them"
        )
    if "EXACT" in tried(options["tree_method"]) and min(tried(options["colsample_bynode"])) < 1:
        raise ModelError(
            "option 'tree_method' cannot be EXACT with colsample_bynode < 1 on DuckDB; use HIST, "
            "or set colsample_bynode to 1 and another colsample option lower"
        )


def _check_component_count(options: Mapping[str, Any]) -> None:
    """PCA keeps a number of components or a share of the variance."""
    names = ("num_principal_components", "pca_explained_variance_ratio")
    given = [name for name in names if options[name] is not None]
    if not given:
        raise ModelError(f"option '{names[0]}' or '{names[1]}' is required; set one of the two")
    if len(given) == 2:
        raise ModelError(f"option '{names[0]}' excludes '{names[1]}'; remove one of the two")


def _check_p_values(options: Mapping[str, Any]) -> None:
    """The conditions of CALCULATE_P_VALUES, in BigQuery's words."""
    if options["category_encoding_method"] != "DUMMY_ENCODING":
        raise ModelError(
            "option 'calculate_p_values': Please specify CATEGORY_ENCODING_METHOD=DUMMY_ENCODING "
            "to enable p_values calculation."
        )
    if options["l1_reg"] != 0:
        raise ModelError(
            "option 'calculate_p_values': L1_REG must be zero if CALCULATE_P_VALUES=TRUE."
        )


# From how many parallel trees on global explanation approximates, by group of model types.
_MANY_PARALLEL_TREES = {"BOOSTED_TREE": 10, "RANDOM_FOREST": 50}


def resolve_approximation(effective: dict[str, Any]) -> None:
    """The default of APPROX_GLOBAL_FEATURE_CONTRIB depends on two other options."""
    name = "approx_global_feature_contrib"
    if name in effective and effective[name] is None:
        many = _MANY_PARALLEL_TREES[effective["model_type"].rpartition("_")[0]]
        effective[name] = max(tried(effective["num_parallel_tree"])) >= many
