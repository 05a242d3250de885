"""GoogleSQL, the parser and analyzer of BigQuery, in this process.

    service.py   the service: it parses, analyzes and evaluates a statement
    messages.py  the trees that it gives
    types.py     types, and BigQuery's names of them
    values.py    rows, as Python has them and as the service takes them
    tokens.py    a statement's text: its words, strings and brackets
    syntax.py    the parse tree of a script
    edits.py     a text, and what is to stand in places of it

It knows nothing of this project: the analyzer, the cost estimate and the proxy stand on it.
"""
