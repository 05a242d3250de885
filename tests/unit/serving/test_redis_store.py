"""What is the Redis store's own: keys, expiry, a server that goes away."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from feature_views import at, make_view, row

from serving.errors import LockedError, StoreUnavailableError, UnsupportedError
from serving.packed import Packer
from serving.stores.base import Batch, Request, Status
from serving.stores.opening import open_store
from serving.stores.redis import RedisStore
from serving.types import microseconds

VIEW = make_view({"city": "STRING"}, {"visits": "INT64"}, ttl=timedelta(hours=1))
KEEP = timedelta(days=7)


@pytest.fixture
def server(redis_url) -> Iterator[redis.Redis]:
    """The server itself, empty."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        client.config_resetstat()
        yield client
        client.config_set("maxmemory", 0)
        client.replicaof("NO", "ONE")


@pytest.fixture
def store(server, redis_url) -> Iterator[RedisStore]:
    with RedisStore(redis_url) as opened:
        yield opened


def build(store, view=VIEW, *rows, full=False, reached=0) -> None:
    with store.materializing(view, full) as materialization:
        if rows:
            materialization.write(Batch.of_rows(view, rows))
        materialization.finish(microseconds(at(reached)))


def test_a_state_is_one_packed_string_under_a_key_that_says_what_it_is(store, server):
    build(store, VIEW, row(VIEW, "Rome", 0, 1, 7))
    [live] = store.live()
    assert live.table == "fs:azekura:feat_user__stats@1:1:"
    data = server.get(f"{live.table}{{s4:Rome}}")
    times = microseconds(at(0)), microseconds(at(1))
    assert Packer(VIEW).unpack(data) == (*times, 0, (7,))


def test_states_expire_some_days_after_their_ttl(store, server):
    now = datetime.now(UTC).replace(microsecond=0)
    old, new = now - timedelta(days=300), now
    rows = [
        {**row(VIEW, city, 0, 0, 7), "event_at": event, "known_at": event}
        for city, event in (("old", old), ("new", new))
    ]
    build(store, VIEW, *rows)
    expires = {
        city: datetime.fromtimestamp(
            server.expiretime(f"{store.live()[0].table}{{s3:{city}}}"), UTC
        )
        for city in ("old", "new")
    }
    assert abs(expires["new"] - (new + timedelta(hours=1) + KEEP)) < timedelta(seconds=2)
    # so that it can still be said that it is too old
    assert abs(expires["old"] - (now + KEEP)) < timedelta(minutes=1)
    assert store.read_one(VIEW, ("old",)).status == Status.OUTSIDE_TTL
    assert store.read_one(VIEW, ("new",)).status == Status.PRESENT


def test_states_of_a_view_without_ttl_never_expire(store, server):
    view = make_view({"city": "STRING"}, {"visits": "INT64"})
    build(store, view, row(view, "Rome", 0, 0, 7))
    assert server.ttl(f"{store.live()[0].table}{{s4:Rome}}") == -1


def test_a_longer_ttl_is_built_anew_because_states_expire_too_early(store):
    build(store)
    longer = make_view({"city": "STRING"}, {"visits": "INT64"}, ttl=timedelta(hours=2))
    with store.materializing(longer) as materialization:
        assert materialization.full
        materialization.finish(None)
    with store.materializing(VIEW) as materialization:
        assert not materialization.full


def test_a_state_that_expired_is_not_found(redis_url, server):
    with RedisStore(redis_url, keep=timedelta(milliseconds=-1)) as store:
        view = make_view({"city": "STRING"}, {"visits": "INT64"}, ttl=timedelta(microseconds=1))
        build(store, view, row(view, "Rome", 0, 0, 7))
        time.sleep(0.01)
        assert store.read_one(view, ("Rome",)).status == Status.NOT_FOUND


def test_builds_that_were_replaced_leave_nothing_and_no_keys_are_searched_for(store, server):
    for n in range(3):
        rows = [row(VIEW, f"{n}-{city}", 0, 0, 7) for city in range(500)]
        build(store, VIEW, *rows, full=True)
        store.write_rows(VIEW, [row(VIEW, f"pushed {n}", -1, -1, 7)])
    with pytest.raises(RuntimeError), store.materializing(VIEW, full=True) as materialization:
        materialization.write(Batch.of_rows(VIEW, [row(VIEW, "dead", 0, 0, 7)]))
        raise RuntimeError
    build(store, VIEW, full=True, reached=-9)
    names = sorted(key.decode() for key in server.keys("*"))
    kept = ("build", "builds", "live", "meta")
    assert names == [
        *[f"fs:azekura:feat_user__stats@1:{name}" for name in kept],
        "fs:azekura:views",
    ]
    # `keys` of this test is the only one
    used = server.info("commandstats")
    assert used["cmdstat_keys"]["calls"] == 1
    assert "cmdstat_scan" not in used
    store.drop(VIEW.name, 1)
    assert [key.decode() for key in server.keys("*")] == ["fs:azekura:feat_user__stats@1:build"]


def test_a_read_of_many_is_one_command(store, server):
    cities = make_view({"city": "STRING"}, {"people": "INT64"}, name="feat_city__size")
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 7))
    build(store, cities, row(cities, "Rome", 0, 0, 7))
    requests = [Request(view, [("Rome",), ("Oslo",)]) for view in (VIEW, cities)]
    store.read(requests)
    before = server.info("stats")["total_commands_processed"]
    store.read(requests)
    # this one and the first `info`
    assert server.info("stats")["total_commands_processed"] - before == 2


def test_a_reader_follows_when_another_build_goes_live(store, redis_url):
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 1))
    now = at(1)
    assert store.read_one(VIEW, ("Rome",), now).values == (1,)
    with RedisStore(redis_url) as writer:
        build(writer, VIEW, row(VIEW, "Rome", 0, 0, 2), full=True)
    assert store.read_one(VIEW, ("Rome",), now).values == (2,)
    with RedisStore(redis_url) as writer:
        build(writer, VIEW, row(VIEW, "Rome", 0, 0, 3), full=True)
    assert store.read([Request(VIEW, [("Rome",)])], now)[0][0].values == (3,)
    with RedisStore(redis_url) as writer:
        build(writer, VIEW, row(VIEW, "Rome", 0, 0, 4), full=True)
    # a push goes to the build that is live now
    store.write_rows(VIEW, [row(VIEW, "Rome", 0, 0, 5)])
    assert store.read_one(VIEW, ("Rome",), now).values == (5,)


def test_projects_share_a_server_without_seeing_each_other(store, redis_url):
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 1))
    with open_store(redis_url, "other") as other:
        assert other.live() == []
        build(other, VIEW, row(VIEW, "Rome", 0, 0, 2))
        assert other.read_one(VIEW, ("Rome",), at(0)).values == (2,)
    assert store.read_one(VIEW, ("Rome",), at(0)).values == (1,)


def test_a_lock_that_was_lost_stops_the_materialization_before_it_writes(store, server):
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 1))
    with (
        pytest.raises(LockedError, match="another materialization has taken over"),
        store.materializing(VIEW, full=True) as materialization,
    ):
        server.set("fs:azekura:feat_user__stats@1:lock", "another's")
        materialization.write(Batch.of_rows(VIEW, [row(VIEW, "Rome", 0, 0, 2)]))
    with pytest.raises(LockedError, match="cannot be materialized"):
        build(store)
    server.delete("fs:azekura:feat_user__stats@1:lock")
    with (
        pytest.raises(LockedError, match="taken over"),
        store.materializing(VIEW, full=True) as materialization,
    ):
        server.delete("fs:azekura:feat_user__stats@1:lock")
        materialization.finish(0)
    assert store.read_one(VIEW, ("Rome",), at(0)).values == (1,)


def test_a_lock_is_renewed_while_its_owner_lives(redis_url, server):
    with (
        RedisStore(redis_url, lock_seconds=1) as store,
        store.materializing(VIEW) as materialization,
    ):
        time.sleep(1.5)
        materialization.finish(None)
    assert server.exists("fs:azekura:feat_user__stats@1:lock") == 0


def test_scripts_that_the_server_forgot_are_sent_again(store, server):
    build(store)
    server.script_flush()
    store.write_rows(VIEW, [row(VIEW, "Rome", 0, 0, 1)])
    assert store.read_one(VIEW, ("Rome",), at(0)).values == (1,)


def test_a_connection_that_the_server_closed_is_opened_again(store, server):
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 1))
    store.read_one(VIEW, ("Rome",))
    for client in server.client_list():
        if client["id"] != str(server.client_id()):
            server.client_kill_filter(_id=client["id"])
    assert store.read_one(VIEW, ("Rome",), at(0)).values == (1,)


def test_a_server_that_is_down_is_told_in_one_sentence():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with RedisStore(f"redis://:secret@127.0.0.1:{port}/0") as store:
        for call in (
            store.ping,
            store.live,
            lambda: store.read_one(VIEW, ("Rome",)),
            lambda: build(store),
        ):
            with pytest.raises(StoreUnavailableError) as error:
                call()
            said = str(error.value)
            assert f"The online store redis://:***@127.0.0.1:{port}/0 cannot be reached" in said
            assert "secret" not in said


def test_a_server_that_does_not_answer_is_told():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        with (
            RedisStore(url, timeout=0.2) as store,
            pytest.raises(StoreUnavailableError, match="does not answer in time"),
        ):
            store.ping()


def test_a_read_only_replica_is_read_and_refuses_to_be_written(store, server):
    build(store, VIEW, row(VIEW, "Rome", 0, 0, 1))
    server.replicaof("127.0.0.1", 1)
    with pytest.raises(StoreUnavailableError, match="cannot be written: it is a read-only replica"):
        store.write_rows(VIEW, [row(VIEW, "Rome", 1, 1, 2)])
    with pytest.raises(StoreUnavailableError, match="read-only replica"):
        build(store)
    assert store.read_one(VIEW, ("Rome",), at(0)).values == (1,)


def test_a_full_memory_is_told(store, server):
    build(store)
    server.config_set("maxmemory", 1)
    with pytest.raises(StoreUnavailableError, match="cannot be written: its memory is full"):
        store.write_rows(VIEW, [row(VIEW, "Rome", 1, 1, 2)])


def test_a_wrong_url_is_told():
    with pytest.raises(UnsupportedError, match="has a wrong URL"):
        RedisStore("redis://127.0.0.1:port/0")
