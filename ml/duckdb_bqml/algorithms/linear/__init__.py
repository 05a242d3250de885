"""LINEAR_REG and LOGISTIC_REG: encoded features times weights, plus an intercept.

regression.py        LINEAR_REG: how it is fitted, and what it predicts
classification.py    LOGISTIC_REG, of two classes or more
model.py             what both share: weights, explanations, the artifact
loss.py              what training makes small
normal_equation.py   the least squares, solved at once
gradient_descent.py  any loss, step by step
p_values.py          how sure the weights are
encoded_columns.py   what the encoder did to the columns that the weights belong to
"""
