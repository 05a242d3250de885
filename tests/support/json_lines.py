"""Lines of JSON as writers write them, and lines that are nearly JSON."""

import json
import random
from typing import Any

KEYS = ["a", "b", "c", "a.b", "$", "", "1", '"', "tags"]
VALUES = [
    None, True, False, 0, -1, 1.5, 1e300, -1e-7, 10**40, 0.00001, 883406386745030.3, 2**63, "",
    "a", 'a"b', "\\", "\u2028", "日本", "😀", "[1,]", "{,}", "NaN, 1,]", "x\ty", "\x01", "1", "in",
    "-inf", "12.50", "a\\", "//", "\x7f",
]  # fmt: skip
# what a value that no Python object has looks like
WRITTEN = [
    "12.50",
    "1E5",
    "-0",
    "-0.0",
    "1.0",
    "1e400",
    "0.10e+3",
    "99999999999999999999999999999.9",
]
NOT_JSON = [
    "NaN", "Infinity", "-Infinity", "nan", "01", "+1", ".5", "1.", "-", "1.e1", "1e", "//c",
    "/*c*/", ",,", ",", "nul", "True", "\x01", "\x0b", "1:", "{1:2}", "'a'", '"', "\\", "}", "[",
]  # fmt: skip


def written(seed: int, count: int) -> list[str]:
    """Documents as JSON writers write them: objects mostly."""
    random_ = random.Random(seed)
    return [_written(random_) for _ in range(count)]


def damaged(seed: int, count: int) -> list[str]:
    """Documents with one to three places changed; some are JSON all the same."""
    random_ = random.Random(seed)
    return [_damaged(random_) for _ in range(count)]


def is_json(text: str) -> bool:
    """What Python's reader takes, but for NaN, Infinity and halves of a pair of surrogates."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.dumps(json.loads(text, parse_constant=refuse), ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _written(random_: random.Random) -> str:
    value = {random_.choice(KEYS): _value(random_, 1) for _ in range(random_.randint(0, 4))}
    if random_.random() < 0.1:
        value = _value(random_, 0)
    separators = random_.choice([(",", ":"), (", ", ": "), (" ,", " :\t")])
    text = json.dumps(value, ensure_ascii=random_.random() < 0.5, separators=separators)
    return text.replace("null", random_.choice([*WRITTEN, "null"]))


def _value(random_: random.Random, depth: int) -> Any:
    kind = random_.random()
    if depth > 4 or kind < 0.5:
        return random_.choice(VALUES)
    if kind < 0.75:
        return [_value(random_, depth + 1) for _ in range(random_.randint(0, 4))]
    return {random_.choice(KEYS): _value(random_, depth + 1) for _ in range(random_.randint(0, 4))}


def _damaged(random_: random.Random) -> str:
    text = _written(random_)
    for _ in range(random_.randint(1, 3)):
        place, kind = random_.randrange(len(text) + 1), random_.random()
        if kind < 0.3:
            text = text[:place] + text[place + 1 :]
        elif kind < 0.9:
            text = text[:place] + random_.choice(NOT_JSON) + text[place:]
        else:
            text = text[:place] + text[place:][::-1]
    return text
