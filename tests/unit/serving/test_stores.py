"""What both online stores do: the rules of the contract, builds and switches, locks."""

import itertools
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from feature_views import (
    Model,
    at,
    every_type,
    make_view,
    next_version,
    row,
    rows_of_every_type,
    same,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.definitions import FeatureService, FeatureView, ServiceView
from serving.errors import (
    LockedError,
    NotMaterializedError,
    SchemaChangedError,
    StoreUnavailableError,
    UnknownNameError,
    UnsupportedError,
    ValueRefusedError,
)
from serving.reader import read_service, read_view
from serving.stores.base import Batch, OnlineStore, Request, Status
from serving.stores.opening import open_store
from serving.stores.redis import RedisStore
from serving.stores.sqlite import SQLiteStore
from serving.types import microseconds

# the store of one test is used by all of its examples, each with a view of its own
examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def build(store: OnlineStore, view: FeatureView, *rows, full=False, reached=0) -> None:
    with store.materializing(view, full) as materialization:
        if rows:
            materialization.write(Batch.of_rows(view, rows))
        materialization.finish(microseconds(at(reached)))


def values_of(answer) -> tuple:
    return (answer.status, *answer.values)


class Versions:
    """A new version of a view for each example."""

    def __init__(self) -> None:
        self._last: dict[str, FeatureView] = {}

    def next(self, view: FeatureView) -> FeatureView:
        last = self._last.get(view.name)
        self._last[view.name] = view if last is None else next_version(last)
        return self._last[view.name]


@pytest.fixture
def versions() -> Versions:
    return Versions()


# writes and reads


@examples
@given(data=st.data())
def test_any_order_of_writes_gives_what_the_contract_says(store, versions, data):
    view = versions.next(
        make_view(
            {"user_id": "INT64", "city": "STRING"},
            {"visits": "INT64", "rate": "FLOAT64", "name": "STRING", "cost": "NUMERIC"},
            ttl=timedelta(minutes=3),
            is_deleted="is_gone",
        )
    )
    key = st.tuples(st.integers(0, 1), st.sampled_from(["", "a"]))
    minute = st.integers(0, 2)
    values = st.tuples(
        st.none() | st.integers(-1, 1),
        st.none() | st.sampled_from([float("-inf"), 0.5, float("nan")]),
        st.none() | st.sampled_from(["", "a", "ä"]),
        st.none() | st.integers(-1, 1),
    )
    a_row = st.builds(
        lambda key, event, known, values, deleted: row(
            view, key, event, known, *values, deleted=deleted
        ),
        *(key, minute, minute, values, st.booleans()),
    )
    model = Model(view)
    build(store, view)
    for batch in data.draw(st.lists(st.lists(a_row, min_size=1, max_size=6), max_size=4)):
        model.write(batch)
        store.write_rows(view, batch)
    now = at(data.draw(st.integers(0, 8)))
    keys = [(user, city) for user in (0, 1, 2) for city in ("", "a")]
    [answers] = store.read([Request(view, keys)], now)
    for key, answer in zip(keys, answers, strict=True):
        expected = model.read(key, now)
        # a NUMERIC may be written as a whole number
        assert answer.status == expected.status
        assert repr(answer.values[:3]) == repr(expected.values[:3])
        assert answer == expected or answer.values[1] != answer.values[1]
        assert repr(store.read_one(view, key, now)) == repr(answer)


TIES = {
    "INT64": [None, -1, 0, 1],
    "FLOAT64": [None, float("-inf"), -0.5, 0.0, float("inf"), float("nan")],
    "STRING": [None, "", "A", "a", "aa", "ä"],
    "BOOL": [None, False, True],
    "NUMERIC": [None, *[Decimal(n).scaleb(-9) for n in (-10, -1, 0, 1, 10**10)]],
    "ARRAY<INT64>": [None, [], [-1], [0], [0, -5], [10]],
}


@pytest.mark.parametrize("type_", TIES)
def test_rows_equal_in_both_times_are_ordered_by_their_values(store, type_):
    # the first feature that differs decides, and an ARRAY only when all others are equal
    features = {"same": "INT64", "value": type_}
    other = {"other": "ARRAY<INT64>"}
    view = make_view(features=features | other if "ARRAY" in type_ else other | features)
    values = TIES[type_]
    build(store, view)
    pairs = list(itertools.permutations(range(len(values)), 2))

    def made(user: int, place: int) -> dict:
        # the greater the value, the smaller the other
        return row(view, user, 0, 0) | {"value": values[place], "other": [-place]}

    for n, pair in enumerate(pairs):
        for place in pair:
            store.write_rows(view, [made(n, place)])
    [answers] = store.read([Request(view, [(n,) for n in range(len(pairs))])])
    at_value = view.feature_names.index("value")
    kept = [answer.values[at_value] for answer in answers]
    assert repr(kept) == repr([values[max(pair)] for pair in pairs])
    # in one batch, too
    store.write_rows(
        view, [made(n + 1000, place) for n, pair in enumerate(pairs) for place in pair]
    )
    [answers] = store.read([Request(view, [(n + 1000,) for n in range(len(pairs))])])
    assert repr([answer.values[at_value] for answer in answers]) == repr(kept)


def test_of_rows_equal_in_all_the_one_that_takes_away_is_the_greater(store):
    view = make_view(features={"visits": "INT64"}, is_deleted="is_gone")
    build(store, view)
    for user, order in enumerate([(False, True), (True, False)]):
        for deleted in order:
            store.write_rows(view, [row(view, user, 0, 0, 1, deleted=deleted)])
    [answers] = store.read([Request(view, [(0,), (1,)])])
    assert [answer.status for answer in answers] == [Status.NOT_FOUND] * 2


@examples
@given(data=st.data())
def test_every_value_of_every_type_is_read_as_it_was_written(store, versions, data):
    view = versions.next(every_type())
    written = data.draw(rows_of_every_type(view))
    build(store, view, written)
    values = tuple(written[name] for name in view.feature_names)
    assert same(store.read_one(view, (1,), at(0)).values, values)
    [[answer]] = store.read([Request(view, [(1,)])], at(0))
    assert same(answer.values, values)


KEY_TYPES = {
    "INT64": [0, -(1 << 63), (1 << 63) - 1],
    "STRING": ["", "0", "a{b}:c", "ü\x00"],
    "BYTES": [b"", b"0", b"\x00{}"],
    "BOOL": [True, False],
    "DATE": [at(0).date(), datetime(1, 1, 1).date()],
    "TIMESTAMP": [at(0), at(1 / 60_000_000)],
}


@pytest.mark.parametrize("type_", KEY_TYPES)
def test_entities_are_told_by_keys_of_every_type(store, type_):
    view = make_view({"key": type_}, {"visits": "INT64"})
    keys = KEY_TYPES[type_]
    build(store, view, *[row(view, key, 0, 0, n) for n, key in enumerate(keys)])
    [answers] = store.read([Request(view, [(key,) for key in keys])])
    assert [answer.values[0] for answer in answers] == list(range(len(keys)))
    assert [store.read_one(view, (key,)).values[0] for key in keys] == list(range(len(keys)))


def test_an_answer_comes_for_each_key_asked_in_order(store):
    view = make_view({"user_id": "INT64", "city": "STRING"}, {"visits": "INT64"})
    build(store, view, *[row(view, (n, "x"), 0, 0, n) for n in range(250)])
    asked = [*range(249, -1, -2), 249, 1000, *range(0, 250, 2)]
    [answers] = store.read([Request(view, [(n, "x") for n in asked])], at(0))
    expected = [n if n < 1000 else None for n in asked]
    assert [answer.values[0] for answer in answers] == expected
    assert answers[asked.index(1000)].status == Status.NOT_FOUND


def test_several_views_are_read_in_one_call(store):
    users = make_view({"user_id": "INT64"}, {"visits": "INT64"}, ttl=timedelta(minutes=1))
    cities = make_view({"city": "STRING"}, {"people": "INT64"}, name="feat_city__size")
    build(store, users, row(users, 1, 0, 0, 5))
    build(store, cities, row(cities, "Rome", 0, 0, 7))
    requests = [Request(users, [(1,), (2,)]), Request(cities, [("Rome",)]), Request(users, [])]
    read = store.read(requests, at(2))
    assert [[values_of(answer) for answer in answers] for answers in read] == [
        [("OUTSIDE_TTL", None), ("NOT_FOUND", None)],
        [("PRESENT", 7)],
        [],
    ]


def test_an_age_of_exactly_the_ttl_is_inside(store):
    view = make_view(features={"visits": "INT64"}, ttl=timedelta(minutes=5))
    build(store, view, row(view, 1, 0, 1, 7))
    inside = store.read_one(view, (1,), at(5))
    outside = store.read_one(view, (1,), at(5) + timedelta(microseconds=1))
    assert values_of(inside) == ("PRESENT", 7)
    assert values_of(outside) == ("OUTSIDE_TTL", None)
    assert (outside.event_time, outside.known_time) == (at(0), at(1))


def test_only_the_columns_asked_for_are_read_and_decide_about_null(store):
    view = make_view(features={"a": "INT64", "b": "DATE", "c": "STRING"})
    build(store, view, row(view, 1, 0, 0, None, at(0).date(), "x"))
    assert values_of(store.read_one(view, (1,), columns=("a",))) == ("NULL", None)
    answer = store.read_one(view, (1,), columns=("c", "b"))
    assert values_of(answer) == ("PRESENT", "x", at(0).date())
    with pytest.raises(UnknownNameError, match="no feature 'd' in feat_user__stats@1"):
        store.read_one(view, (1,), columns=("d",))


def test_a_null_in_a_key_is_not_found(store):
    view = make_view({"user_id": "INT64", "city": "STRING"})
    build(store, view)
    assert store.read_one(view, (None, "a")).status == Status.NOT_FOUND
    [[answer]] = store.read([Request(view, [(1, None)])])
    assert answer.status == Status.NOT_FOUND


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (("1",), "feat_user__stats@1.user_id is INT64; '1' (str) is not"),
        ((True,), "True (bool) is not"),
        ((1.0,), "1.0 (float) is not"),
        ((1 << 63,), "does not fit into 64 bits"),
        ((1, 2), "has 1 values (user_id): (1, 2) has not"),
        ((), "has 1 values"),
        ("1", "has 1 values"),
    ],
)
def test_a_key_of_a_wrong_type_is_refused(store, key, said):
    view = make_view()
    build(store, view)
    for read in (
        lambda: store.read_one(view, key),
        lambda: store.read([Request(view, [(1,), key])]),
    ):
        with pytest.raises(ValueRefusedError) as error:
            read()
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"user_id": None}, "user_id is NULL"),
        ({"event_at": None}, "event_at is NULL"),
        ({"known_at": None}, "known_at is NULL"),
        ({"known_at": datetime(2026, 1, 1)}, "known_at is a moment with a time zone"),
        ({"visits": "many"}, "feat_user__stats@1.visits is INT64; 'many' (str) is not"),
        ({"visit": 1}, "has no 'visit'"),
    ],
)
def test_a_batch_with_a_wrong_row_is_refused_whole(store, change, said):
    view = make_view()
    build(store, view)
    rows = [row(view, 1, 0, 0, 1, 1.0), {**row(view, 2, 0, 0, 1, 1.0), **change}]
    with pytest.raises(ValueRefusedError) as error:
        store.write_rows(view, rows)
    assert said in str(error.value)
    assert store.read_one(view, (1,)).status == Status.NOT_FOUND


def test_a_moment_without_a_time_zone_is_refused(store):
    view = make_view()
    build(store, view)
    with pytest.raises(ValueRefusedError, match="now is a moment with a time zone"):
        store.read_one(view, (1,), datetime(2026, 1, 1))


# what was not known yet


@examples
@given(data=st.data())
def test_no_answer_tells_of_what_came_after_the_moment_asked_for(store, versions, data):
    """Any history, materialized and pushed in any order, asked at any moment by any reader."""
    view = versions.next(
        make_view(
            features={"visits": "INT64"},
            ttl=data.draw(st.sampled_from([None, timedelta(minutes=2), timedelta(days=1)])),
            is_deleted=data.draw(st.sampled_from([None, "is_gone"])),
            event_time=data.draw(st.sampled_from(["event_at", "happened_at"])),
            known_time=data.draw(st.sampled_from(["known_at", "arrived_at"])),
        )
    )
    a_row = st.builds(
        lambda user, event, late, visits, deleted: row(
            view, user, event, event + late, visits, deleted=deleted
        ),
        st.integers(0, 2),
        st.integers(0, 9),
        st.integers(-2, 4),  # what was forecast is known before it happens
        st.none() | st.integers(0, 99),
        st.booleans(),
    )
    model = Model(view)
    build(store, view)
    for how, rows in data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["push", "materialize"]), st.lists(a_row, min_size=1, max_size=4)
            ),
            max_size=4,
        )
    ):
        model.write(rows)
        if how == "push":
            store.write_rows(view, rows)
        else:
            build(store, view, *rows, reached=max(at_minute(r[view.known_time]) for r in rows))
    now = at(data.draw(st.integers(-3, 14)))
    users = [0, 1, 2]
    [batch] = store.read([Request(view, [(user,) for user in users])], now)
    service = FeatureService(
        name="s",
        views=(ServiceView(view, (("user", "user_id"),), (("visits", "v"),)),),
        training_set="ml_s__training_set",
        unique_id="",
        at="predicted_at",
    )
    for user, answer in zip(users, batch, strict=True):
        assert answer == model.read((user,), now)
        [by_name] = read_view(store, view, [{"user_id": user}], now)
        [served] = read_service(store, service, [{"user": user}], now)
        one = store.read_one(view, (user,), now)
        for told in (answer, by_name, one, served.answers[0]):
            assert told == answer
            if told.status in (Status.NOT_FOUND, Status.NOT_AVAILABLE_AT):
                assert told.values == (None,) and told.event_us is told.known_us is None
            else:
                assert max(told.event_time, told.known_time) <= now


def at_minute(moment: datetime) -> float:
    return (moment - at(0)) / timedelta(minutes=1)


def test_what_came_later_is_told_by_a_word_of_its_own_and_not_when_the_present_is_asked(store):
    view = make_view(features={"visits": "INT64"}, ttl=timedelta(minutes=5), is_deleted="is_gone")
    ahead = datetime.now(UTC) + timedelta(seconds=30)  # another machine's clock
    build(
        store,
        view,
        row(view, 1, 0, 10, 7),
        row(view, 2, 10, 0, 7),
        row(view, 3, 10, 10, deleted=True),
        row(view, 4, 0, 0, 7) | {"event_at": ahead, "known_at": ahead},
    )
    [answers] = store.read([Request(view, [(user,) for user in (1, 2, 3)])], at(9))
    assert [answer.status for answer in answers] == [Status.NOT_AVAILABLE_AT] * 3
    [answers] = store.read([Request(view, [(user,) for user in (1, 2, 3)])], at(10))
    assert [answer.status for answer in answers] == ["OUTSIDE_TTL", "PRESENT", "NOT_FOUND"]
    assert store.read_one(view, (4,)).values == (7,)
    assert store.read_one(view, (4,), datetime.now(UTC)).status == Status.NOT_AVAILABLE_AT


# builds


def test_a_view_that_was_never_materialized_is_told_with_the_command(store):
    view = make_view()
    for call in (
        lambda: store.read_one(view, (1,)),
        lambda: store.read([Request(view, [(1,)])]),
        lambda: store.write_rows(view, [row(view, 1, 0, 0, 1, 1.0)]),
    ):
        with pytest.raises(NotMaterializedError, match="python -m serving materialize"):
            call()
    assert store.live() == []


def test_what_is_live_is_told(store):
    view = make_view(ttl=timedelta(hours=3))
    build(store, view, row(view, 1, 0, 5, 1, 1.0), row(view, 2, 0, 0, 1, 1.0), reached=5)
    [live] = store.live()
    assert (live.view, live.version, live.schema_hash) == (view.name, 1, view.schema_hash)
    assert (live.rows, live.max_known_time, live.ttl) == (2, at(5), timedelta(hours=3))
    assert live.built_at == live.updated_at
    build(store, view, row(view, 3, 0, 7, 1, 1.0), reached=7)
    [updated] = store.live()
    assert (updated.rows, updated.max_known_time) == (3, at(7))
    assert updated.built_at == live.built_at < updated.updated_at


def test_a_full_build_is_seen_when_it_is_whole_and_forgets_what_is_gone(store):
    view = make_view(features={"visits": "INT64"})
    build(store, view, row(view, 1, 0, 0, 1), row(view, 2, 0, 0, 1))
    with store.materializing(view, full=True) as materialization:
        assert materialization.full
        materialization.write(Batch.of_rows(view, [row(view, 1, 0, 0, 0)]))
        assert values_of(store.read_one(view, (1,))) == ("PRESENT", 1)
        materialization.finish(0)
    assert values_of(store.read_one(view, (1,))) == ("PRESENT", 0)
    assert store.read_one(view, (2,)).status == Status.NOT_FOUND
    assert store.live()[0].rows == 1


def test_what_fails_in_the_middle_leaves_the_live_table_as_it_was(store):
    view = make_view(features={"visits": "INT64"})
    build(store, view, row(view, 1, 0, 0, 1))
    [before] = store.live()
    with pytest.raises(RuntimeError), store.materializing(view, full=True) as materialization:
        materialization.write(Batch.of_rows(view, [row(view, 1, 9, 9, 2)]))
        raise RuntimeError
    assert store.live() == [before]
    assert values_of(store.read_one(view, (1,))) == ("PRESENT", 1)
    build(store, view, row(view, 1, 9, 9, 3), full=True)
    assert values_of(store.read_one(view, (1,))) == ("PRESENT", 3)


def test_pushed_states_that_the_warehouse_cannot_know_yet_outlive_a_full_build(store):
    view = make_view(features={"visits": "INT64"})
    build(store, view, row(view, 1, 0, 0, 1), row(view, 2, 0, 0, 1), reached=5)
    store.write_rows(view, [row(view, 1, 9, 9, 2), row(view, 2, 4, 4, 2), row(view, 3, 9, 9, 2)])
    with store.materializing(view, full=True) as materialization:
        materialization.write(Batch.of_rows(view, [row(view, 1, 6, 6, 7), row(view, 2, 1, 1, 7)]))
        store.write_rows(view, [row(view, 4, 8, 8, 2)])
        materialization.finish(microseconds(at(6)))
    [answers] = store.read([Request(view, [(n,) for n in (1, 2, 3, 4)])])
    # 2 was known before the warehouse's last word, which says otherwise
    assert [answer.values[0] for answer in answers] == [2, 7, 2, 2]
    # and they are still carried over the next time
    build(store, view, row(view, 1, 6, 6, 7), full=True, reached=6)
    [answers] = store.read([Request(view, [(n,) for n in (1, 2, 3, 4)])])
    assert [answer.values[0] for answer in answers] == [2, None, 2, 2]


def test_a_materialization_never_lowers_how_far_it_reached(store):
    view = make_view()
    build(store, view, reached=5)
    build(store, view, reached=3)
    with store.materializing(view) as materialization:
        live = materialization.finish(None)
    assert live.max_known_time == at(5)


def test_other_columns_are_built_beside_while_the_old_ones_are_served(store, store_url):
    old = make_view(features={"visits": "INT64"})
    new = make_view(features={"visits": "FLOAT64"})
    build(store, old, row(old, 1, 0, 0, 1))
    with pytest.raises(SchemaChangedError, match="with other columns than the manifest says"):
        store.read_one(new, (1,))
    with open_store(store_url) as writer, writer.materializing(new) as materialization:
        assert materialization.full
        materialization.write(Batch.of_rows(new, [row(new, 1, 0, 0, 2.5)]))
        assert values_of(store.read_one(old, (1,))) == ("PRESENT", 1)
        materialization.finish(0)
    assert values_of(store.read_one(new, (1,))) == ("PRESENT", 2.5)
    for call in (
        lambda: store.read_one(old, (1,)),
        lambda: store.read([Request(old, [(1,)])]),
        lambda: store.write_rows(old, [row(old, 1, 9, 9, 1)]),
    ):
        with pytest.raises(SchemaChangedError):
            call()


def test_versions_live_side_by_side_until_one_is_dropped(store):
    first = make_view(features={"visits": "INT64"})
    second = next_version(make_view(features={"visits": "STRING"}))
    build(store, first, row(first, 1, 0, 0, 1))
    build(store, second, row(second, 1, 0, 0, "one"))
    assert [live.label for live in store.live()] == ["feat_user__stats@1", "feat_user__stats@2"]
    assert store.drop(first.name, 1)
    assert not store.drop(first.name, 1)
    assert [live.label for live in store.live()] == ["feat_user__stats@2"]
    assert values_of(store.read_one(second, (1,))) == ("PRESENT", "one")
    with pytest.raises(NotMaterializedError, match="feat_user__stats@1 is not in the online store"):
        store.read_one(first, (1,))


def test_a_second_materialization_is_refused_with_who_is_at_it(store, store_url):
    view = make_view()
    with open_store(store_url) as other, other.materializing(view) as materialization:
        with pytest.raises(LockedError, match=r"cannot be materialized .* process \d+ on "):
            build(store, view)
        materialization.finish(0)
    build(store, view)


def test_readers_never_see_a_gap_while_builds_are_switched(store, store_url):
    view = make_view(features={"a": "INT64", "b": "INT64"})
    keys = [(n,) for n in range(20)]

    def rows(n: int) -> list[dict]:
        return [row(view, key, 0, 0, n, n) for key in keys]

    build(store, view, *rows(0))
    stop, seen, failed = threading.Event(), set(), []

    def read() -> None:
        with open_store(store_url) as reader:
            while not stop.is_set():
                try:
                    [answers] = reader.read([Request(view, keys)])
                    pairs = {answer.values for answer in answers}
                    seen.update(pairs)
                    if any(a is None or a != b for a, b in pairs):
                        failed.append(pairs)
                except Exception as error:
                    failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(1, 15):
        build(store, view, *rows(n), full=True)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(seen) > 1


def test_one_store_serves_several_threads(store):
    view = make_view(features={"visits": "INT64"})
    build(store, view)
    failed = []

    def work(user: int) -> None:
        for n in range(20):
            store.write_rows(view, [row(view, user, n, n, n)])
            if store.read_one(view, (user,)).values != (n,):
                failed.append((user, n))

    threads = [threading.Thread(target=work, args=[user]) for user in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_a_type_that_no_store_holds_is_refused_before_anything_is_written(store):
    view = make_view(features={"visits": "INT64", "what": "JSON"})
    with pytest.raises(UnsupportedError, match=r"feat_user__stats@1\.what is JSON"):
        build(store, view)
    assert store.live() == []


@pytest.mark.parametrize(
    "url",
    ["online.sqlite", "sqlite://x", "sqlite:///", "mysql://u:secret@host/x", "redis", "://x"],
)
def test_a_url_of_no_store_is_refused(url):
    with pytest.raises(UnsupportedError, match="is no online store: it is sqlite:///") as error:
        open_store(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "store", "shown"),
    [
        ("sqlite:///a/b.sqlite", SQLiteStore, "sqlite:///a/b.sqlite"),
        ("sqlite:////a/b.sqlite", SQLiteStore, "sqlite:////a/b.sqlite"),
        ("redis://host:1/0", RedisStore, "redis://host:1/0"),
        ("rediss://u:secret@host", RedisStore, "rediss://u:***@host"),
        ("unix://run/redis.sock", RedisStore, "unix://run/redis.sock"),
        ("valkey://host", RedisStore, "redis://host"),
        ("valkeys://host/valkey", RedisStore, "rediss://host/valkey"),
    ],
)
def test_a_url_opens_the_store_of_its_scheme(url, store, shown):
    with open_store(url) as opened:
        assert (type(opened), opened.url) == (store, shown)


# stores that cannot be used


@pytest.fixture
def sqlite_path(tmp_path):
    return tmp_path / "online.sqlite"


def test_a_file_that_is_no_database_is_told(sqlite_path):
    sqlite_path.write_bytes(b"no database" * 100)
    with (
        open_store(f"sqlite:///{sqlite_path}") as store,
        pytest.raises(StoreUnavailableError, match="is no SQLite database"),
    ):
        store.read_one(make_view(), (1,))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with (
        open_store(f"sqlite:///{tmp_path}/none/online.sqlite") as store,
        pytest.raises(StoreUnavailableError, match="cannot be written"),
    ):
        build(store, make_view())
