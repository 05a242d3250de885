"""What is wrong with a file of the lake, before a table is built from it.

Only what concerns a file as a whole: it cannot be read, or has other columns than its source
declares. A bad record inside a readable file is not wrong here: it goes to the rejects.
"""

from functools import partial

from pyarrow import fs

from ingest.files import REMEDY, filesystem
from ingest.formats import FORMATS, Format
from ingest.texts import shown

MOST_TEXT = 1 << 30  # of a compressed file: all of it becomes one value in memory


def file_problem(
    path: str, format: str, columns: dict[str, str], encoding: str | None = None
) -> str | None:
    """One sentence about a file that cannot be used, or None.

    `path` is local or gs://..., `format` a name in FORMATS; `columns` are the declared ones, name
    to BigQuery type; `encoding` is that of a text format.
    """
    problem_of = FORMATS.get(format, Format(is_typed=False)).problem
    if problem_of is None:
        readable = ", ".join(name for name, row in FORMATS.items() if row.problem)
        return f"{shown(path)} cannot be read as {format} here; land it as one of {readable}."
    try:
        files, inner = filesystem(path)
        if path.lower().endswith(".gz"):
            problem = _gzip_problem(files, inner)
            opened = partial(files.open_input_stream, compression="gzip")
        else:
            problem, opened = None, files.open_input_file
        if problem is None:
            with opened(inner) as file:
                problem = problem_of(file, columns, encoding)
    except OSError as error:
        problem = f"cannot be read: {shown(str(error).rstrip('.'))}"
    return f"{shown(path)} {problem}; {REMEDY}." if problem else None


def _gzip_problem(files: fs.FileSystem, path: str) -> str | None:
    """What is wrong with a compressed file, which is read whole: damage shows at the end only."""
    size = 0
    try:
        with files.open_input_stream(path, compression="gzip") as stream:
            while block := stream.read(1 << 20):
                size += len(block)
                if size > MOST_TEXT:
                    return f"holds more than {MOST_TEXT >> 30} GiB of text; split it"
    except OSError:
        return "is not a whole gzip file (truncated or damaged)"
    return None
