"""Time series.

calendar.py     how often a series is observed, and its values in regular steps
series.py       the series of a training's rows
regressors.py   what features add to a series
components.py   what a series is made of: spikes (cleaning.py), seasons (seasonality.py, loess.py),
                changes of level (cleaning.py)
order.py        which ARIMA processes are tried
arma.py         the exact likelihood of ARMA(p, q), of many series at once
fitting.py      the coefficients of greatest likelihood
selection.py    the process of least AIC, of many series
process.py      what a process predicts
forecaster.py   series and what was found of them
rows.py         the rows of the functions that forecast
model.py        the model type
"""
