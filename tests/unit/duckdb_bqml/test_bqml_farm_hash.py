"""FARM_FINGERPRINT: the numbers that another implementation gives, one by one and all at once."""

import numpy as np
import pytest
from duckdb_bqml.algorithms.farm_hash import fingerprint64
from hypothesis import given
from hypothesis import strategies as st

TEXT = "The quick brown fox jumps over the lazy dog. " * 8

# of the first so many bytes of TEXT, as Google's own FarmHash gives them; both ends of every road
BY_LENGTH = [
    (0, -7286425919675154353),
    (1, 1366698271136253306),
    (2, 6802249652779214323),
    (3, -8824672173256051715),
    (4, -797828528184215899),
    (5, 8805132910519014279),
    (7, -343606922379908217),
    (8, 5102859526078303239),
    (9, 5536152759197313107),
    (15, 9032017524180936103),
    (16, 4320848957565769301),
    (17, -4061352233596342851),
    (24, 6702341905823656245),
    (31, -8963653081731734701),
    (32, -5307099777350626718),
    (33, -981808865693223978),
    (48, -6420750521607893694),
    (63, -947765381833828062),
    (64, -8304030206579935072),
    (65, 8330986144681106620),
    (66, -4336102510184843685),
    (96, 3063118464437658929),
    (127, -3692768463606686069),
    (128, 6548702730867532314),
    (129, -353075450497946926),
    (191, 3082222437868246524),
    (192, 5294140426138889423),
    (193, -165088513723428722),
    (255, 3236774876700135259),
    (256, 1404527261454035148),
    (257, -8977141307766327811),
    (300, -5854551994565094960),
]
OTHERS = [
    # documented by BigQuery, or implied by its ML.HASH_BUCKETIZE
    ("a", -5528939962900187677),
    ("b", -6651148003232386794),
    ("c", -7016299626566550744),
    ("d", 4470636696479570465),
    ("é", 693143013273849025),
    ("日本語", -2765511847642875833),
    ("naïve café", -7461206339051127398),
    ("🛫 Zürich–Genève 🛬", -3645001275480795368),
    ("Ω" * 70, -3614476724312105834),
]


def hashed(texts: list[str]) -> list[int]:
    pieces = [text.encode() for text in texts]
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    starts = ends - [len(piece) for piece in pieces]
    data = np.frombuffer(b"".join(pieces), np.uint8)
    return fingerprint64(data, starts, ends).view(np.int64).tolist()


@pytest.mark.parametrize(("length", "expected"), BY_LENGTH)
def test_a_text_of_each_length_has_its_fingerprint(length, expected):
    assert hashed([TEXT[:length]]) == [expected]


@pytest.mark.parametrize(("text", "expected"), OTHERS)
def test_a_text_is_hashed_by_its_bytes(text, expected):
    assert hashed([text]) == [expected]


def test_texts_of_all_lengths_at_once_have_their_fingerprints():
    cases = [*[(TEXT[:length], expected) for length, expected in BY_LENGTH], *OTHERS]
    assert hashed([text for text, _ in cases]) == [expected for _, expected in cases]


@given(st.lists(st.text(max_size=150), max_size=8))
def test_a_fingerprint_does_not_depend_on_the_texts_beside_it(texts):
    assert hashed(texts) == [hashed([text])[0] for text in texts]


def test_the_function_gives_a_signed_number_and_null_of_null(db):
    values = "(1, 'a'), (2, null), (3, 'd'), (4, repeat('Ω', 70))"
    found = db.rows(f"select bqml_farm_fingerprint(x) from (values {values}) t(i, x) order by i")
    assert found == [(OTHERS[0][1],), (None,), (OTHERS[3][1],), (OTHERS[-1][1],)]
    assert db.value("select typeof(bqml_farm_fingerprint('a'))") == "BIGINT"
    assert db.value("select bqml_farm_fingerprint(null::varchar)") is None


def test_the_function_reads_a_part_of_a_table(db):
    """The Arrow array that arrives does not have to start at its buffers' start."""
    db.execute("create table texts as select range as i, 'text ' || range as x from range(5000)")
    some = db.rows("select x, bqml_farm_fingerprint(x) from texts where i % 7 = 3 order by i")
    assert [expected for _, expected in some] == hashed([text for text, _ in some])
