"""What is wrong with a file of the lake, before a table is built from it.

Only what concerns a file as a whole: it cannot be read, or has other columns than its source
declares. A bad record inside a readable file is not wrong here: it goes to the rejects.
"""

from pyarrow import fs

from ingest.formats import FORMATS, Format

REMEDY = "land it again (`python -m ingest --replace`) or move it out of the lake"


def file_problem(path: str, format: str, columns: dict[str, str]) -> str | None:
    """One sentence about a file that cannot be used, or None.

    `path` is local or gs://..., `format` a name in FORMATS; `columns` are the declared ones, name
    to BigQuery type.
    """
    problem_of = FORMATS.get(format, Format(is_typed=False)).problem
    if problem_of is None:
        readable = ", ".join(name for name, row in FORMATS.items() if row.problem)
        return f"{path} cannot be read as {format} here; land it as one of {readable}."
    try:
        files, inner = _filesystem(path)
        with files.open_input_file(inner) as file:
            problem = problem_of(file, columns)
    except OSError as error:
        problem = f"cannot be read: {str(error).rstrip('.')}"
    return f"{path} {problem}; {REMEDY}." if problem else None


def _filesystem(path: str) -> tuple[fs.FileSystem, str]:
    if path.startswith("gs://"):
        return fs.GcsFileSystem(), path.removeprefix("gs://")
    return fs.LocalFileSystem(), path
