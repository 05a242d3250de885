"""LINEAR_REG and LOGISTIC_REG: encoded features times weights, plus an intercept."""
