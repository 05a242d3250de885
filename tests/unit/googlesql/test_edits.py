"""A text with places of it replaced."""

import pytest

from googlesql.edits import Edits, Span


def test_the_outermost_of_nested_places_counts():
    for order in (1, -1):
        edits = Edits("a(b(c))")
        for span, text in [(Span(0, 7), "outer"), (Span(2, 6), "inner")][::order]:
            edits.replace(span, text)
        assert edits.text() == "outer"


def test_what_is_put_in_at_one_place_stands_in_the_order_given():
    edits = Edits("x")
    edits.insert(0, "f(")
    edits.insert(0, "g(")
    edits.insert(1, ")")
    edits.insert(1, ")")
    assert edits.text() == "f(g(x))"


def test_what_is_put_in_at_the_edge_of_a_place_stays_beside_it():
    edits = Edits("a, b")
    edits.insert(1, ")")
    edits.insert(2, " and")
    edits.replace(Span(1, 2), ";")
    assert edits.text() == "a); and b"


def test_what_is_put_in_within_a_place_goes_with_it():
    edits = Edits("abc")
    edits.insert(1, "-")
    edits.replace(Span(0, 3), "x")
    assert edits.text() == "x"


@pytest.mark.parametrize(("start", "end"), [(0, 3), (3, 4), (4, 8), (2, 9)])
def test_characters_are_found_in_the_bytes(start, end):
    text = "é, 漢 🛩 b"
    edits = Edits(text)
    edits.replace(Span.of(text, start, end), "#")
    assert edits.text() == f"{text[:start]}#{text[end:]}"


def test_blanks_keep_lines_and_what_is_to_stay():
    edits = Edits("a,\n b, c")
    edits.blank(Span(1, 5), keep=",")
    assert edits.text() == "a,\n  , c"
    assert edits.line(5) == 2
