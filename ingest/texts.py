"""How what a file holds is shown to people: on one line, in bounds, without control characters."""

LONGEST = 300


def shown(text: str) -> str:
    """The text on one line: control characters as `\\n` and its like, and not too much of it."""
    if len(text) > 2 * LONGEST:  # to escape little of a long text
        text = text[:LONGEST] + text[-LONGEST:]
    text = "".join(one if one.isprintable() else _escaped(one) for one in text)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 3 :]}"
    return text


def _escaped(one: str) -> str:
    return one.encode("unicode_escape", "replace").decode("ascii")
