"""BOOSTED_TREE_* and RANDOM_FOREST_*: XGBoost, started and bounded as BigQuery does it.

regression.py        values
classification.py    probabilities of classes
model.py             what both share: growing, explanations, importance, the artifact
xgboost_library.py   how the package is loaded, told the options, and trained
encoding.py          from columns to the matrix that the trees are grown on
split_candidates.py  where BigQuery's version of XGBoost looks for splits
"""
