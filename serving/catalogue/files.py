"""Files that others read while they are written: whole, or as they were."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from serving.errors import ServingError


class CatalogueError(ServingError):
    """A manifest, a table or a snapshot that the catalogue cannot do without."""


def read_json(path: Path, advice: str) -> Any:
    """Raises CatalogueError, with the advice, where the file is missing or is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError(f"There is no {path}: {advice}.") from None
    except ValueError:
        raise CatalogueError(f"{path} is not JSON: {advice}.") from None


def replaced(path: Path, text: str) -> None:
    """Put the text in the place of the file at once: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
