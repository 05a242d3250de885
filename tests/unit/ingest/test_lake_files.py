"""A lake holds whole files only, on a disk and in a bucket alike."""

from datetime import date

import pytest
from pyarrow import fs

from ingest import IngestError, UsageError
from ingest.lake import Lake, partition_path

PATH = "shop/orders/ingested_date=2013-01-01/orders.csv"


class Broken:
    """A file system on which some operations fail, as if the process were stopped there."""

    def __init__(self, files: fs.FileSystem, *operations: str) -> None:
        self.files, self.operations = files, operations

    def __getattr__(self, name: str):
        if name in self.operations:
            raise KeyboardInterrupt
        return getattr(self.files, name)


def test_partition_path():
    assert partition_path("shop", "orders", date(2013, 1, 1), "csv") == PATH


def test_local_files_are_written_replaced_and_listed(tmp_path):
    lake = Lake(str(tmp_path / "new" / "lake"))
    assert lake.paths("shop") == set()
    lake.write(PATH, b"first")
    lake.write(PATH, b"second")
    assert lake.paths("shop") == {PATH}
    assert lake.paths("other") == set()
    assert (tmp_path / "new" / "lake" / PATH).read_bytes() == b"second"


def test_a_relative_location_is_below_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Lake("lake").write(PATH, b"content")
    assert (tmp_path / "lake" / PATH).read_bytes() == b"content"


@pytest.mark.parametrize("location", ["gs://bucket/some/lake", "gs://bucket/some/lake/"])
def test_objects_are_written_replaced_and_listed(bucket, location):
    lake = Lake(location)
    assert lake.paths("shop") == set()
    lake.write(PATH, b"first")
    lake.write(PATH, b"second")
    assert lake.paths("shop") == {PATH}
    assert bucket == {f"some/lake/{PATH}": b"second"}


@pytest.mark.parametrize("before", [None, b"before"])
def test_an_interrupted_write_changes_nothing(tmp_path, before):
    lake = Lake(str(tmp_path))
    if before:
        lake.write(PATH, before)
    lake._files = Broken(lake._files, "move")
    with pytest.raises(KeyboardInterrupt):
        lake.write(PATH, b"after")
    left = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ([before] if before else [])


def test_what_a_killed_write_leaves_is_not_taken_for_data(tmp_path):
    lake = Lake(str(tmp_path))
    lake._files = Broken(lake._files, "move", "delete_file")
    with pytest.raises(KeyboardInterrupt):
        lake.write(PATH, b"after")
    (left,) = (path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left.startswith(".")
    assert not left.endswith(".csv")


@pytest.mark.parametrize("location", ["", "s3://bucket/lake", "gs://", "file:///lake"])
def test_other_locations_are_refused(location):
    with pytest.raises(UsageError, match="neither a local path nor gs://bucket/prefix"):
        Lake(location)


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "lake").write_text("a file where the lake should be")
    lake = Lake(str(tmp_path / "lake"))
    with pytest.raises(IngestError) as caught:
        lake.write(PATH, b"content")
    assert str(caught.value) == f"{tmp_path}/lake/{PATH} cannot be written: Not a directory."
