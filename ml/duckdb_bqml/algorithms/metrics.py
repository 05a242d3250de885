"""Evaluation metrics with the definitions of ML.EVALUATE.

Where BigQuery's convention differs from the textbook's (lower median, macro log loss, an
unpredicted class counts 0), BigQuery's holds; each function says so.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]


def lower_median(values: Floats) -> float:
    """Element ceil(n / 2) of the sorted values: an observed value, never an average of two."""
    middle = (len(values) - 1) // 2
    return float(np.partition(values, middle)[middle])


def regression(actual: Floats, predicted: Floats) -> dict[str, float]:
    """The six regression metrics of `predicted` (n,) against `actual` (n,), n > 0.

    mean_squared_log_error is NaN if a value is below -1; r2_score and explained_variance are
    not finite if the label is constant, nor is any metric whose sum is beyond float64.
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        error = actual - predicted
        squared_log_error = (np.log1p(actual) - np.log1p(predicted)) ** 2
        mean_squared_error = np.mean(error**2)
        r2_score = 1 - np.sum(error**2) / np.sum((actual - actual.mean()) ** 2)
        explained_variance = 1 - np.var(error) / np.var(actual)
    return {
        "mean_absolute_error": float(np.mean(np.abs(error))),
        "mean_squared_error": float(mean_squared_error),
        "mean_squared_log_error": float(np.mean(squared_log_error)),
        "median_absolute_error": lower_median(np.abs(error)),
        "r2_score": float(r2_score),
        "explained_variance": float(explained_variance),
    }


def classification(actual: Codes, probabilities: Floats, threshold: float) -> dict[str, float]:
    """The six classification metrics of `probabilities` (n, classes) against `actual` (n,), n > 0.

    Two classes: precision, recall and F1 describe class 1, which is predicted where its
    probability is above `threshold`; precision is NaN if it never is. More classes: `threshold`
    is not used; precision, recall and F1 are means over all classes, where an undefined value
    counts 0, and log_loss is the mean over the classes present of their mean -ln p(true class).
    """
    classes = probabilities.shape[1]
    matrix = confusion_matrix(actual, probabilities, threshold)
    hits, support, calls = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    with np.errstate(invalid="ignore"):
        precision, recall, f1_score = hits / calls, hits / support, 2 * hits / (support + calls)
    true_probability = probabilities[np.arange(len(actual)), actual]
    log_losses = -np.log(np.maximum(true_probability, np.finfo(np.float64).eps))
    if classes == 2:
        precision, recall, f1_score = precision[1], recall[1], f1_score[1]
        log_loss = log_losses.mean()
    else:
        precision, recall, f1_score = (
            np.nan_to_num(metric).mean() for metric in (precision, recall, f1_score)
        )
        present = support > 0
        sums = np.bincount(actual, weights=log_losses, minlength=classes)
        log_loss = np.mean(sums[present] / support[present])
    return {
        "precision": float(precision),
        "recall": float(recall),
        "accuracy": float(hits.sum() / len(actual)),
        "f1_score": float(f1_score),
        "log_loss": float(log_loss),
        "roc_auc": _mean_roc_auc(actual, probabilities),
    }


def predicted_classes(probabilities: Floats, threshold: float) -> Codes:
    """The class (n,) predicted from `probabilities` (n, classes): of two the higher one if it is
    more likely than `threshold`, of more the likeliest."""
    if probabilities.shape[1] == 2:
        return (probabilities[:, 1] > threshold).astype(np.intp)
    return np.argmax(probabilities, axis=1)


def confusion_matrix(actual: Codes, probabilities: Floats, threshold: float) -> Codes:
    """How many rows (actual classes, predicted classes) there are of each kind."""
    classes = probabilities.shape[1]
    predicted = predicted_classes(probabilities, threshold)
    counts = np.bincount(actual * classes + predicted, minlength=classes**2)
    return counts.reshape(classes, classes)


def score_points(
    is_positive: NDArray[np.bool_], score: Floats, decimals: int
) -> tuple[Floats, Codes, Codes]:
    """Ascending scores, rounded up to `decimals`, and how many positives and negatives each has.

    Rounded up, because rows above a threshold are counted: for a threshold of no more decimals the
    count is exact.
    """
    steps = np.ceil(score * 10.0**decimals).astype(np.int64)
    distinct, group = np.unique(steps, return_inverse=True)
    positives = np.bincount(group, weights=is_positive).astype(np.int64)
    return distinct / 10.0**decimals, positives, np.bincount(group) - positives


def roc_auc(is_positive: NDArray[np.bool_], score: Floats) -> float:
    """Chance that a random positive scores above a random negative, ties counting one half.

    The exact Mann-Whitney statistic; BigQuery integrates a bucketed curve and may differ by
    0.002. NaN unless both kinds are present.
    """
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(size) - (size - 1) / 2)[group]
    wins = rank[is_positive].sum() - positives * (positives + 1) / 2
    return float(wins / (positives * negatives))


def _mean_roc_auc(actual: Codes, probabilities: Floats) -> float:
    """Binary AUC, or the unweighted mean of the one-vs-rest AUCs that are defined."""
    if probabilities.shape[1] == 2:
        return roc_auc(actual == 1, probabilities[:, 1])
    scores = [roc_auc(actual == k, score) for k, score in enumerate(probabilities.T)]
    defined = [score for score in scores if not np.isnan(score)]
    return float(np.mean(defined)) if defined else float("nan")
