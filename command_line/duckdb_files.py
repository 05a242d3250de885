"""What is said of a DuckDB file that another process holds: which file, and which process.

One process may write a file, and nobody may read it meanwhile.
"""

import re

_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


def held(path: object, error: object, remedy: str) -> str | None:
    """One sentence, if DuckDB's error is that another process holds the file; else None.

    `remedy` says what to do when that process has finished.
    """
    said = str(error)
    if "Could not set lock" not in said and "lock is held" not in said:
        return None
    holder = _HOLDER.search(said)
    who = f"another process ({holder['program']}, PID {holder['pid']})" if holder else None
    return f"The DuckDB file {path} is held by {who or 'another process'}: {remedy}."
