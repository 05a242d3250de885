"""Time series: so far the mathematics of ARMA processes, which no model type has yet.

arma.py      the exact likelihood of ARMA(p, q), of many series at once
fitting.py   the coefficients of greatest likelihood
"""
