"""Which files a table of the lake has, each taken by its name and never by a pattern.

    <lake>/<source>/<table>/ingested_date=YYYY-MM-DD/**/<any name>.<suffix of the format>

Names that begin with `_` or `.` are not data, of files and of folders: writers mark their work so.
Every other file is read or refused, because BigQuery's external table takes whatever lies below the
table's folder.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pyarrow import fs

from ingest.formats import FORMATS, Format
from ingest.texts import shown

DAY = re.compile(r"ingested_date=(\d{4}-\d{2}-\d{2})")
REMEDY = "land it again (`python -m ingest --replace`) or move it out of the lake"


class LakeFile(NamedTuple):
    """One file: its path, the same as a pattern that fits it alone, its day, and what is wrong
    with its place or its name."""

    path: str
    pattern: str
    day: date | None
    problem: str | None


def lake_files(folder: str, format: str) -> list[LakeFile]:
    """The files in the folder of one table, local or gs://..., in the order of their paths."""
    row = FORMATS.get(format, Format(is_typed=False))
    files, inner = filesystem(folder)
    inner = inner.rstrip("/")
    selector = fs.FileSelector(inner, allow_not_found=True, recursive=True)
    scheme = folder[: len(folder.rstrip("/")) - len(inner)]
    try:
        found = files.get_file_info(selector)
    except UnicodeDecodeError as error:
        name = shown(repr(error.object))
        problem = f"{shown(folder)} holds a name that is not UTF-8, {name}; rename it."
        return [LakeFile(folder, folder, None, problem)]
    return [
        _file(scheme + info.path, info.path[len(inner) + 1 :], info.size, row)
        for info in sorted(found, key=lambda info: info.path)
        if info.type != fs.FileType.Directory and _is_data(info.path[len(inner) + 1 :])
    ]


def filesystem(path: str) -> tuple[fs.FileSystem, str]:
    """The file system of a path, and the path inside it."""
    if path.startswith("gs://"):
        return fs.GcsFileSystem(), path.removeprefix("gs://")
    return fs.LocalFileSystem(), path


def _is_data(path: str) -> bool:
    return not any(name.startswith(("_", ".")) for name in path.split("/"))


def _file(path: str, place: str, size: int | None, row: Format) -> LakeFile:
    day = _day(place)
    wrong = next(_problems(path, place, day, size, row), None)
    pattern = re.sub(r"([*?\[])", r"[\1]", path)
    return LakeFile(path, pattern, day, wrong and f"{shown(path)} {wrong}.")


def _day(place: str) -> date | None:
    match = DAY.fullmatch(place.split("/")[0])
    try:
        return date.fromisoformat(match[1]) if match and "/" in place else None
    except ValueError:
        return None


def _problems(
    path: str, place: str, day: date | None, size: int | None, row: Format
) -> Iterator[str]:
    if day is None:
        yield (
            "does not lie in a folder ingested_date=YYYY-MM-DD; move it into one, "
            "or out of the lake"
        )
    *folders, name = place.split("/")
    parted = next((folder for folder in folders[1:] if "=" in folder), None)
    if parted:
        yield (
            f"lies in {shown(parted)} inside its day, and the lake is divided by the day alone; "
            "move it into the folder of the day"
        )
    if not name.lower().endswith(row.suffixes):
        suffixes = " or ".join(row.suffixes)
        yield (
            f"is not named like a file of its format, which ends in {suffixes}; rename it, move it "
            "out of the lake, or begin its name with _ if it is no data"
        )
    if size == 0:
        yield f"is empty (0 bytes); {REMEDY}"
    if re.search(r"[*?\[]", path) and re.search(r"[\\\x00-\x1f]", path):
        yield (
            "has one of * ? [ and a backslash or a line feed in its path, which DuckDB cannot "
            "read; rename it"
        )
