"""What has to be known of a statement's text: where its words, strings and brackets are."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | \#[^\n]* | /\*.*?\*/ )
  | (?P<string> [rRbB]{0,2} (?: '''(?:\\.|.)*?''' | \"\"\"(?:\\.|.)*?\"\"\" | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" ) )
  | (?P<quoted> `[^`]*` )
  | (?P<word> [A-Za-z_]\w* )
  | (?P<space> \s+ )
  | (?P<other> . )
    """,  # noqa: E501
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.text.lower() == word


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement without comments and spaces."""
    return [token for token in _all(sql) if token.kind not in ("comment", "space")]


def _all(sql: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(sql):
        yield Token(match.lastgroup or "other", match[0], match.start())


def line_at(sql: str, position: int) -> int:
    return sql.count("\n", 0, position) + 1


def statements(script: str) -> Iterator[tuple[str, int]]:
    """The statements of a script, and the lines that stand before each."""
    depth, inside = 0, []
    for token in [*tokens(script), Token("other", ";", len(script))]:
        depth += token.text in _OPENING
        depth -= token.text in _CLOSING
        if token.text == ";" and depth == 0:
            if inside:
                yield script[inside[0].start : inside[-1].end], line_at(script, inside[0].start) - 1
            inside = []
        else:
            inside.append(token)


def split_paths(sql: str) -> str:
    """BigQuery takes `a.b.c` in one pair of backticks for a path; GoogleSQL for a name."""
    parts = []
    for token in _all(sql):
        # `roles/...` names a role
        is_path = token.kind == "quoted" and "." in token.text and "/" not in token.text
        parts.append(token.text.replace(".", "`.`") if is_path else token.text)
    return "".join(parts)


def joined_paths(sql: str, paths: Container[str]) -> str:
    """The other way round for the paths given: `a`.`b`.`c` is the name `a.b.c`."""

    def name(match: re.Match) -> str:
        path = match[0].replace("`", "")
        return f"`{path}`" if path in paths else match[0]

    return re.sub(r"`[^`]*`(?:\.`[^`]*`)+", name, sql)


def arguments(sql: str, found: list[Token], opening: int) -> tuple[list[tuple[int, int]], int]:
    """Where each argument in a pair of brackets starts and ends; the number of the closing one."""
    spans, depth, first = [], 0, opening + 1
    for number in range(opening, len(found)):
        token = found[number]
        depth += token.text in _OPENING
        depth -= token.text in _CLOSING
        if (token.text == "," and depth == 1) or depth == 0:
            if number > first:
                spans.append((found[first].start, found[number - 1].end))
            first = number + 1
        if depth == 0:
            return spans, number
    return spans, len(found) - 1
