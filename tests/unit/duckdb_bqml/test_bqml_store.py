import json

import duckdb
import pytest
from bqml_vocabulary.errors import ModelError
from duckdb_bqml.store import ARTIFACT_FORMAT, sealed, unsealed


def test_an_artifact_opens_to_what_was_put_in():
    for content in (b"", b"{}", b"\n\n\x00\xff"):
        assert unsealed(sealed(content)) == content


def test_an_artifact_of_a_newer_format_is_refused():
    line, _, content = sealed(b"{}").partition(b"\n")
    newer = json.dumps(json.loads(line) | {"format": ARTIFACT_FORMAT + 1}).encode()
    with pytest.raises(ModelError, match="was trained by a newer version of the engine; upgrade"):
        unsealed(newer + b"\n" + content)


GOOD = sealed(b'{"weights": [1.0]}')


@pytest.mark.parametrize(
    "artifact",
    [
        None,
        b"",
        b"\n",
        b'{"weights": [1.0]}',
        b"[]\n",
        b'{"format": "x", "sha256": ""}\n',
        GOOD[:-1],
        GOOD[1:],
        GOOD.replace(b"1.0", b"2.0"),
        b"\x80\x04\x95",
    ],
)
def test_a_damaged_artifact_is_refused(artifact):
    with pytest.raises(ModelError, match="the artifact of the model is damaged; train the model"):
        unsealed(artifact)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("artifact = artifact[:20]::blob", "line: the artifact of the model is damaged; train"),
        ("artifact = null", "line: the artifact of the model is damaged; train"),
        ("model_type = 'ORACLE'", "line: ORACLE is no model type of this version"),
    ],
)
def test_a_model_that_cannot_be_opened_is_one_sentence(line, change, message):
    if "[" in change:
        [(artifact,)] = line.rows("select artifact from line")
        line.connection.execute("update line set artifact = ?", [artifact[:20]])
    else:
        line.execute(f"update line set {change}")
    with pytest.raises(duckdb.Error, match=f"ModelError: {message}"):
        line.predict("line", "select 1 as x")
