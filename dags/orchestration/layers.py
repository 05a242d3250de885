"""The selectors of selectors.yml, which is not read when a DAG is."""

DAILY = ("lake", "warehouse", "marts", "features", "ml_predict", "catalogue")
"""What a daily run builds, in the order in which the layers read each other."""

SELECTORS = (*DAILY, "data", "ml_train", "ml_decide")
