"""The walks of CONTRIBUTING, and the tree of the README, name files and folders that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WALKS = ("Add a model type", "Add a lake format", "Add an engine")
# what only looks like a path
PATH = re.compile(r"`((?:[\w.<>-]+/)+[\w.<>-]*|[\w-]+\.(?:yml|toml|in|json|py|sql|md))`")


def section(page: str, title: str) -> str:
    """The text under a heading of the third level."""
    found = re.search(rf"(?m)^### {re.escape(title)}\n(.*?)(?=^##|\Z)", page, re.DOTALL)
    assert found, f"CONTRIBUTING has no walk '{title}'"
    return found[1]


def paths(text: str) -> list[str]:
    return PATH.findall(text)


def missing(root: Path, text: str) -> Iterator[str]:
    """The paths of a text that are not there; one with <a part> must have at least one match."""
    for path in paths(text):
        pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
        if not any(root.glob(pattern)):
            yield f"{path} is not there: mend the walk, or the path."


def tree(readme: str) -> Iterator[str]:
    """The folders of the README's tree, as paths from the root."""
    block = re.search(r"```\n(models/ .*?)```", readme, re.DOTALL)[1]
    above = ""
    for line in block.splitlines():
        indented, names = line.startswith("  "), re.match(r"(?: *[\w<> ]+/)+", line)
        if names:
            found = [name.strip() for name in names[0].split("/") if name.strip()]
            above = above if indented else found[0]
            yield from (f"{above}/{name}" for name in found) if indented else found


@pytest.mark.parametrize("title", WALKS)
def test_a_walk_names_what_is_there(root: Path, texts: dict[str, str], title: str) -> None:
    text = section(texts["CONTRIBUTING.md"], title)
    assert len(paths(text)) > 4
    steps = [int(number) for number in re.findall(r"(?m)^(\d+)\.", text)]
    assert steps == list(range(1, len(steps) + 1))
    problems = list(missing(root, text))
    assert not problems, "\n".join(problems)


def test_the_tree_of_the_readme_is_there(root: Path, texts: dict[str, str]) -> None:
    named = list(tree(texts["README.md"]))
    assert "ml/duckdb_bqml" in named and "macros/drift" in named
    gone = [path for path in named if not any(root.glob(re.sub(r"<[^>]*>", "*", path)))]
    assert not gone, f"the README's tree names {', '.join(gone)}"


def test_every_top_folder_stands_in_the_tree(texts: dict[str, str]) -> None:
    tops = {path.partition("/")[0] for path in texts if "/" in path and not path.startswith(".")}
    named = {path.partition("/")[0] for path in tree(texts["README.md"])}
    assert tops <= named, f"the README's tree lacks {', '.join(sorted(tops - named))}"


def test_a_path_that_is_not_there_is_found(root: Path) -> None:
    text = "See `ml/nowhere/x.py`, `ml/models/<use case>/`, `docs/<any>.md`, `make vocabulary`."
    assert [problem.partition(" ")[0] for problem in missing(root, text)] == ["ml/nowhere/x.py"]
