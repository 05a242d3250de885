import numpy as np
import pytest
from duckdb_bqml.algorithms.metrics import classification, lower_median, regression, roc_auc


@pytest.mark.parametrize(("values", "median"), [([3, 1, 2], 2), ([4, 1, 3, 2], 2), ([7], 7)])
def test_the_median_is_an_observed_value(values, median):
    assert lower_median(np.array(values, dtype=float)) == median


def test_regression_metrics_by_hand():
    metrics = regression(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 6.0]))
    assert metrics == pytest.approx(
        {
            "mean_absolute_error": 0.5,
            "mean_squared_error": 1.0,
            "mean_squared_log_error": np.log(7 / 5) ** 2 / 4,
            "median_absolute_error": 0.0,
            "r2_score": 1 - 4 / 5,
            "explained_variance": 1 - 0.75 / 1.25,
        }
    )


def test_log_error_of_a_value_below_minus_one_is_nan():
    metrics = regression(np.array([-5.0, 1.0]), np.array([1.0, 1.0]))
    assert np.isnan(metrics["mean_squared_log_error"])


def test_two_classes_describe_the_higher_one():
    positive = np.array([0.9, 0.6, 0.5, 0.1, 0.7])
    metrics = classification(
        np.array([1, 1, 1, 0, 0]), np.column_stack([1 - positive, positive]), 0.5
    )
    assert metrics == pytest.approx(
        {
            "precision": 2 / 3,
            "recall": 2 / 3,  # 0.5 is not above the threshold
            "accuracy": 3 / 5,
            "f1_score": 2 / 3,
            "log_loss": -np.mean(np.log([0.9, 0.6, 0.5, 0.9, 0.3])),
            "roc_auc": 4 / 6,
        }
    )


def test_precision_is_nan_without_a_predicted_positive_and_zero_without_a_true_one():
    actual, probabilities = np.array([1, 0]), np.array([[0.6, 0.4], [0.2, 0.8]])
    assert np.isnan(classification(actual, probabilities, 0.9)["precision"])
    assert classification(actual, probabilities, 0.5)["precision"] == 0
    assert classification(actual, probabilities, 0.5)["f1_score"] == 0


def test_more_classes_are_averaged_over_all_of_them():
    # Class 2 is never predicted and counts 0; the log loss is the mean of the class means.
    probabilities = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    metrics = classification(np.array([0, 0, 1, 2]), probabilities, 0.5)
    assert metrics["precision"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics["recall"] == pytest.approx(2 / 3)
    assert metrics["f1_score"] == pytest.approx((4 / 5 + 1 + 0) / 3)
    assert metrics["accuracy"] == 3 / 4
    class_means = [np.log([0.8, 0.6]).mean(), np.log(0.7), np.log(0.1)]
    assert metrics["log_loss"] == pytest.approx(-np.mean(class_means))


def test_a_class_absent_from_the_data_has_no_log_loss_and_no_auc():
    metrics = classification(np.array([0, 1]), np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1]]), 0.5)
    assert metrics["log_loss"] == pytest.approx(-np.log([0.9, 0.7]).mean())
    assert metrics["roc_auc"] == 1.0


def test_impossible_truth_keeps_the_log_loss_finite():
    assert np.isfinite(classification(np.array([0]), np.array([[0.0, 1.0]]), 0.5)["log_loss"])


def test_ties_count_one_half_in_roc_auc():
    assert roc_auc(np.array([True, False, True, False]), np.array([0.5, 0.5, 0.9, 0.1])) == 0.875
    assert np.isnan(roc_auc(np.array([True, True]), np.array([0.1, 0.2])))
