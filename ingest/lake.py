"""The lake: a folder of immutable files, on a local disk or in Cloud Storage.

    <lake>/<source>/<entity>/ingested_date=YYYY-MM-DD/<entity>.<format>

`ingested_date` is the UTC day on which the records arrived. It is in the path only, the way Hive
partitions are read by DuckDB, BigQuery and Spark alike.
"""

import os
import posixpath
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta

from pyarrow import fs

from ingest import IngestError, UsageError

RETRY_LIMIT = timedelta(seconds=60)  # of Cloud Storage requests; Arrow would go on for 15 minutes


def partition_path(source: str, entity: str, day: date, suffix: str) -> str:
    """The path, relative to the lake, of what arrived of `entity` on `day`."""
    return f"{source}/{entity}/ingested_date={day:%Y-%m-%d}/{entity}.{suffix}"


@dataclass(frozen=True)
class Landing:
    """What one landing did: files written, files left alone, and rows written per entity."""

    written: int
    present: int
    rows: dict[str, int]

    def __str__(self) -> str:
        rows = ", ".join(f"{entity} {count:,}" for entity, count in self.rows.items())
        return f"{self.written:,} files written, {self.present:,} already there; rows: {rows}"


class Lake:
    """The files under one location, `path/to/lake` or `gs://bucket/prefix`.

    Raises UsageError for a location of any other kind, and IngestError naming the path that cannot
    be read or written.
    """

    def __init__(self, location: str) -> None:
        self.location = location
        self._files = _open(location)

    def paths(self, folder: str) -> set[str]:
        """Paths, relative to the lake, of all files in `folder` and below; none if it is absent."""
        with self._naming(folder, "read"):
            selector = fs.FileSelector(folder, allow_not_found=True, recursive=True)
            return {info.path for info in self._files.get_file_info(selector) if info.is_file}

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all, in place of one that is there.

        The content goes to a temporary name beside it first, which no reader takes for data: it
        starts with a dot and does not end in the file's suffix.
        """
        folder, name = posixpath.split(path)
        temporary = f"{folder}/.{name}.{uuid.uuid4().hex}.tmp"
        with self._naming(path, "written"):
            if self._files.base_fs.type_name == "local":  # object stores have no folders
                self._files.create_dir(folder, recursive=True)
            try:
                with self._files.open_output_stream(temporary) as stream:
                    stream.write(content)
                self._files.move(temporary, path)
            except BaseException:
                with suppress(OSError):
                    self._files.delete_file(temporary)
                raise

    @contextmanager
    def _naming(self, path: str, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error).rstrip(".")
            place = f"{self.location.rstrip('/')}/{path}"
            raise IngestError(f"{place} cannot be {verb}: {reason}.") from error


def _open(location: str) -> fs.SubTreeFileSystem:
    scheme, separator, bucket = location.partition("://")
    if location and not separator:
        return fs.SubTreeFileSystem(os.path.abspath(location), fs.LocalFileSystem())
    bucket = bucket.strip("/")
    if scheme == "gs" and bucket:
        return fs.SubTreeFileSystem(bucket, fs.GcsFileSystem(retry_time_limit=RETRY_LIMIT))
    raise UsageError(f"The lake {location!r} is neither a local path nor gs://bucket/prefix.")
