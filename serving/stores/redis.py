"""The shared online store: Redis or Valkey.

Each entity of a view version is one packed string. Keys begin with `fs:<project>:`

    views                         set: the view versions that were ever materialized
    <view>@<version>:live         the build that reads see, with the hash of its columns
    <view>@<version>:meta         hash: what is known of that build
    <view>@<version>:lock         who is materializing
    <view>@<version>:builds       set: the builds that exist
    <view>@<version>:build        counter
    <view>@<version>:<build>:roll      list: the entities of the build, so that it can be deleted
    <view>@<version>:<build>:pushed    sorted set: entities pushed and when that was known
    <view>@<version>:<build>:{<entity>}   a state

A read is one MGET: of the live build and of the states in the build that was live the last time. If
another is live now, it is read again. Writes are scripts that look at the lock, or at the live
build, themselves. Nothing uses KEYS or SCAN.
"""

import json
import os
import secrets
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, Self

import redis

from serving.definitions import FeatureView
from serving.errors import LockedError
from serving.packed import Packer, packed_key, packed_keys
from serving.stores.base import Answer, Batch, Live, Materialization, OnlineStore, Request
from serving.stores.redis_scripts import SCRIPTS
from serving.stores.redis_server import RedisServer
from serving.stores.states import (
    AnswerPlan,
    Asked,
    asked_at,
    check_live,
    kept_marks,
    now_us,
    stored_key,
    stored_keys,
)
from serving.types import moment

# states in one call of a script: the server does nothing else meanwhile
_CHUNK = 200
# calls that are sent before the answer to the first is read
_CALLS_AHEAD = 8
# a state stays this long after it left its TTL or was written: until then a read says OUTSIDE_TTL,
# after it NOT_FOUND
_KEEP = timedelta(days=7)


class RedisStore(OnlineStore):
    """An online store in the Redis or Valkey (6.2 or newer) at `url`.

    Args:
        project: what all keys begin with, after `fs:`.
        keep: how long a state stays after its TTL.
        lock_seconds: after this a materialization that died is forgotten.
        timeout: seconds that an answer may take.
    """

    def __init__(
        self,
        url: str,
        project: str = "azekura",
        keep: timedelta = _KEEP,
        lock_seconds: float = 30,
        timeout: float = 5,
    ) -> None:
        self._server = RedisServer(url, timeout)
        self.url = self._server.url
        self._client = self._server.client
        self._prefix = f"fs:{project}:"
        self._keep_us = keep // timedelta(microseconds=1)
        self._lock_ms = int(lock_seconds * 1000)
        self._plans: dict[tuple[FeatureView, tuple[str, ...] | None], _UnpackPlan] = {}
        self._packers: dict[FeatureView, Packer] = {}
        self._builds: dict[str, tuple[bytes, bytes]] = {}
        self._scripts = {name: self._client.register_script(text) for name, text in SCRIPTS.items()}

    @classmethod
    def from_url(cls, url: str, project: str) -> Self:
        return cls(url.replace("valkey", "redis", 1), project)

    # reading

    def read_one(
        self,
        view: FeatureView,
        key: Sequence[Any],
        now: datetime | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> Answer:
        plan = self._plan(view, columns)
        asked = asked_at(now)
        stored = stored_key(view, key)
        if stored is None:
            return plan.absent
        while True:
            live, prefix = self._build(view)
            held, data = self._server.call(b"MGET", plan.live_key, packed_key(view, stored, prefix))
            if held == live:
                return plan.answer_of(data, asked)
            self._switched(view, held)

    def read(self, requests: Sequence[Request], now: datetime | None = None) -> list[list[Answer]]:
        asked = asked_at(now)
        plans = [self._plan(request.view, request.columns) for request in requests]
        entities = [
            [
                None if key is None else packed_key(request.view, key)
                for key in stored_keys(request.view, request.keys)
            ]
            for request in requests
        ]
        views = list({request.view.label: request.view for request in requests}.values())
        if not any(key is not None for keys in entities for key in keys):
            return [[plan.absent] * len(keys) for plan, keys in zip(plans, entities, strict=True)]
        while True:
            builds = {view.label: self._build(view) for view in views}
            wanted = [self._key(view.label, "live") for view in views]
            for request, keys in zip(requests, entities, strict=True):
                prefix = builds[request.view.label][1]
                wanted += [prefix + key for key in keys if key is not None]
            found = iter(self._server.call(b"MGET", *wanted))
            held = list(islice(found, len(views)))
            if held == [live for live, _ in builds.values()]:
                break
            for view, live in zip(views, held, strict=True):
                self._switched(view, live)
        return [
            [plan.absent if key is None else plan.answer_of(next(found), asked) for key in keys]
            for plan, keys in zip(plans, entities, strict=True)
        ]

    def live(self) -> list[Live]:
        with self._server.told():
            labels = sorted(self._client.smembers(self._prefix + "views"))
            pipeline = self._client.pipeline(transaction=False)
            for label in labels:
                pipeline.hgetall(self._key(label.decode(), "meta"))
                pipeline.get(self._key(label.decode(), "live"))
            answers = pipeline.execute()
            lives = []
            for label, meta, live in zip(labels, answers[::2], answers[1::2], strict=True):
                if meta and live:
                    build = live.partition(b":")[0].decode()
                    rows = self._client.get(self._key(label.decode(), f"{build}:rows"))
                    lives.append(
                        _live(label.decode(), meta, self._state_prefix(label, build), rows)
                    )
        return sorted(lives, key=lambda live: (live.view, live.version))

    def ping(self) -> None:
        self._server.call(b"PING")

    def close(self) -> None:
        self._server.close()

    def _plan(self, view: FeatureView, columns: tuple[str, ...] | None) -> "_UnpackPlan":
        plan = self._plans.get((view, columns))
        if plan is None:
            if len(self._plans) > 1000:
                self._plans.clear()
            live_key = self._key(view.label, "live")
            plan = self._plans[view, columns] = _UnpackPlan(
                view, columns, self._packer(view), live_key
            )
        return plan

    def _packer(self, view: FeatureView) -> Packer:
        packer = self._packers.get(view)
        if packer is None:
            if len(self._packers) > 1000:
                self._packers.clear()
            packer = self._packers[view] = Packer(view)
        return packer

    def _build(self, view: FeatureView) -> tuple[bytes, bytes]:
        """What the live key held when last read, and what states begin with."""
        build = self._builds.get(view.label)
        if build is None or not build[0].endswith(view.schema_hash.encode()):
            build = self._switched(view, self._server.call(b"GET", self._key(view.label, "live")))
        return build

    def _switched(self, view: FeatureView, held: bytes | None) -> tuple[bytes, bytes]:
        """Take note of the live build; raises the reason if there is none with these columns."""
        if held is None or held.partition(b":")[2] != view.schema_hash.encode():
            self._builds.pop(view.label, None)
            live = next((live for live in self.live() if live.label == view.label), None)
            check_live(live, view, self.url)
            # it came into being since
            held = self._server.call(b"GET", self._key(view.label, "live"))
            if held is None or held.partition(b":")[2] != view.schema_hash.encode():
                check_live(None, view, self.url)
        number = held.partition(b":")[0].decode()
        build = self._builds[view.label] = (held, self._state_prefix(view.label, number))
        return build

    # writing

    def write(self, view: FeatureView, batch: Batch) -> None:
        while True:
            live, prefix = self._build(view)
            live_key = self._key(view.label, "live")
            if self._write(view, batch, (live_key, live), prefix, is_push=True):
                return
            self._switched(view, self._server.call(b"GET", live_key))

    @contextmanager
    def materializing(self, view: FeatureView, full: bool = False) -> Iterator[Materialization]:
        view.require_held()
        with self._lock(view) as token:
            live = next((live for live in self.live() if live.label == view.label), None)
            # states of a shorter TTL expire too early
            outlived = (
                live is not None
                and live.ttl is not None
                and (view.ttl is None or view.ttl > live.ttl)
            )
            full = full or live is None or live.schema_hash != view.schema_hash or outlived
            with self._server.told():
                old = self._client.get(self._key(view.label, "live"))
                old = None if old is None else old.partition(b":")[0].decode()
                self._clear(view.label, keep=old)
                build = old
                if full:
                    build = str(self._client.incr(self._key(view.label, "build")))
                    self._client.sadd(self._key(view.label, "builds"), build)
            yield _RedisMaterialization(self, view, live, full, token, old, build)

    def drop(self, view: str, version: int) -> bool:
        label = f"{view}@{version}"
        with self._server.told():
            was_there = self._client.delete(self._key(label, "live"))
            self._client.srem(self._prefix + "views", label)
            self._client.delete(self._key(label, "meta"))
            self._clear(label, keep=None)
        self._builds.pop(label, None)
        return bool(was_there)

    def _write(
        self,
        view: FeatureView,
        batch: Batch,
        guard: tuple[bytes, bytes],
        prefix: bytes,
        is_push: bool,
    ) -> bool:
        """Write rows, guarded; False if `guard` (a key and what it holds) does not hold."""
        try:
            return self._written(view, batch, guard, prefix, is_push)
        except redis.exceptions.NoScriptError:
            # the first write, or the server was started anew; writing twice does no harm
            with self._server.told():
                self._client.script_load(SCRIPTS["write"])
            return self._written(view, batch, guard, prefix, is_push)

    def _written(
        self,
        view: FeatureView,
        batch: Batch,
        guard: tuple[bytes, bytes],
        prefix: bytes,
        is_push: bool,
    ) -> bool:
        packer = self._packer(view)
        script = self._scripts["write"].sha
        begin = [guard[0], *[prefix + part for part in (b"roll", b"pushed", b"rows")]]
        sent: deque[tuple[list[bytes], list[bytes], list[int]]] = deque()
        ties: list[tuple[bytes, bytes, bytes, int]] = []

        def take() -> bool:
            keys, states, expires = sent.popleft()
            held, *found = self._server.receive()
            for at, old in zip(found[::2], found[1::2], strict=True):
                ties.append((keys[at], old, states[at], expires[at]))
            return bool(held)

        holds = True
        # the server works on some calls while the next ones are packed
        for part in batch.parts(_CHUNK):
            keys = packed_keys(view, part.keys, prefix)
            states, expires = packer.pack_batch(part), self._expires(view, part)
            columns = (states, expires, part.known_us) if is_push else (states, expires)
            each = chain.from_iterable(zip(*columns, strict=True))
            count = len(begin) + len(keys)
            head = (guard[1], len(prefix), int(is_push))
            self._server.send(b"EVALSHA", script, count, *begin, *keys, *head, *each)
            sent.append((keys, states, expires))
            if len(sent) > _CALLS_AHEAD:
                holds &= take()
        while sent:
            holds &= take()
        # a state replaced by another meanwhile need not be a tie any more
        return holds and (
            all([self._resolve(packer, *tie) for tie in ties])
            or self._write(view, batch, guard, prefix, is_push)
        )

    def _resolve(self, packer: Packer, key: bytes, old: bytes, new: bytes, expire: int) -> bool:
        """Two states of the same times: the greater values stay. False if `old` was replaced."""
        if packer.order(new) <= packer.order(old):
            return True
        with self._server.told():
            return bool(self._scripts["replace"]([key], [old, new, expire]))

    def _expires(self, view: FeatureView, batch: Batch) -> list[int]:
        """When each state is deleted, in milliseconds since 1970; 0: never."""
        if view.ttl_us is None:
            return [0] * batch.length
        now, ttl_us = now_us(None), view.ttl_us
        # rounded up
        return [-((max(us + ttl_us, now) + self._keep_us) // -1000) for us in batch.event_us]

    def _clear(self, label: str, keep: str | None) -> None:
        """Delete all builds but one."""
        builds = self._client.smembers(self._key(label, "builds"))
        for build in sorted(build.decode() for build in builds):
            if build == keep:
                continue
            prefix = self._state_prefix(label, build)
            roll = prefix + b"roll"
            while entities := self._client.lrange(roll, 0, _CHUNK - 1):
                self._client.unlink(*[prefix + entity for entity in entities])
                self._client.ltrim(roll, len(entities), -1)
            self._client.unlink(roll, prefix + b"pushed", prefix + b"rows")
            self._client.srem(self._key(label, "builds"), build)

    @contextmanager
    def _lock(self, view: FeatureView) -> Iterator[bytes]:
        """Held by one materialization of the view version, and renewed while it lives."""
        key = self._key(view.label, "lock")
        owner = f"process {os.getpid()} on {socket.gethostname()}"
        token = f"{secrets.token_hex(8)} {owner}".encode()
        with self._server.told():
            if not self._client.set(key, token, nx=True, px=self._lock_ms):
                holder = (self._client.get(key) or b" another process").decode().partition(" ")[2]
                raise LockedError(
                    f"{view.label} cannot be materialized into {self.url} now: {holder} is at"
                    " work on it; try again when it has finished (one that died is forgotten after"
                    f" {self._lock_ms / 1000:g} seconds)."
                )
        finished = threading.Event()

        def renew() -> None:
            while not finished.wait(self._lock_ms / 3000):
                # if it fails the lock may be lost, and then each write says so
                with suppress(redis.RedisError):
                    self._scripts["renew"]([key], [token, self._lock_ms])

        heart = threading.Thread(target=renew, daemon=True)
        heart.start()
        try:
            yield token
        finally:
            finished.set()
            heart.join()
            with suppress(redis.RedisError):
                self._scripts["release"]([key], [token])

    def _key(self, label: str, part: str) -> bytes:
        return f"{self._prefix}{label}:{part}".encode()

    def _state_prefix(self, label: str | bytes, build: str) -> bytes:
        label = label.decode() if isinstance(label, bytes) else label
        return self._key(label, f"{build}:")


class _RedisMaterialization(Materialization):
    def __init__(
        self,
        store: RedisStore,
        view: FeatureView,
        live: Live | None,
        full: bool,
        token: bytes,
        old: str | None,
        build: str,
    ) -> None:
        self.live, self.full = live, full
        self._store, self._view, self._token = store, view, token
        self._old, self._build = old, build
        self._prefix = store._state_prefix(view.label, build)

    def write(self, batch: Batch) -> None:
        guard = (self._store._key(self._view.label, "lock"), self._token)
        if not self._store._write(self._view, batch, guard, self._prefix, is_push=False):
            raise self._lost()

    def finish(self, max_known_us: int | None, marks: Mapping[str, str] | None = None) -> Live:
        store, view, live = self._store, self._view, self.live
        label = view.label
        reached = live and live.max_known_time and now_us(live.max_known_time)
        carried = self.full and live is not None and live.schema_hash == view.schema_hash
        limit = max((us for us in (reached, max_known_us) if us is not None), default=-(1 << 63))
        if not self.full and reached is not None:
            max_known_us = limit
        moment_us = now_us(None)
        meta = {
            "schema_hash": view.schema_hash,
            "ttl_us": "" if view.ttl_us is None else view.ttl_us,
            "max_known_us": "" if max_known_us is None else max_known_us,
            "built_us": moment_us if self.full else now_us(live.built_at),
            "updated_us": moment_us,
            "marks": kept_marks(marks, live, self.full) or "",
        }
        old = store._state_prefix(label, self._old or "0")
        keys = [
            *[store._key(label, part) for part in ("lock", "live", "meta")],
            store._prefix + "views",
            old + b"pushed",
            *[self._prefix + part for part in (b"roll", b"pushed", b"rows")],
        ]
        arguments = [
            self._token,
            label,
            f"{self._build}:{view.schema_hash}",
            old if carried else b"",
            self._prefix,
            limit,
            *[part for pair in meta.items() for part in pair],
        ]
        with store._server.told():
            if not store._scripts["switch"](keys, arguments):
                raise self._lost()
            if self.full:
                store._clear(label, keep=self._build)
        return next(live for live in store.live() if live.label == label)

    def _lost(self) -> LockedError:
        return LockedError(
            f"{self._view.label}: another materialization has taken over, because this one was"
            " silent for too long; nothing of it is seen. Run it again."
        )


class _UnpackPlan(AnswerPlan):
    """How some columns of a view version are taken out of packed states."""

    def __init__(
        self,
        view: FeatureView,
        columns: tuple[str, ...] | None,
        packer: Packer,
        live_key: bytes,
    ) -> None:
        super().__init__(view, columns)
        self.live_key = live_key
        self._unpack = packer.unpack
        self._picked: list[int] | None = None
        if columns is not None:
            self._picked = [view.feature_names.index(name) for name in columns]

    def answer_of(self, data: bytes | None, asked: Asked) -> Answer:
        """What a packed state says at a moment."""
        if data is None:
            return self.absent
        event_us, known_us, deleted, values = self._unpack(data)
        if self._picked is not None:
            values = tuple([values[index] for index in self._picked])
        return self.answer(event_us, known_us, deleted, values, asked)


def _live(label: str, meta: dict[bytes, bytes], table: bytes, rows: bytes | None) -> Live:
    view, _, version = label.rpartition("@")

    def number(name: bytes) -> int | None:
        return int(meta[name]) if meta[name] else None

    ttl_us, max_known_us = number(b"ttl_us"), number(b"max_known_us")
    return Live(
        view=view,
        version=int(version),
        table=table.decode(),
        schema_hash=meta[b"schema_hash"].decode(),
        ttl=None if ttl_us is None else timedelta(microseconds=ttl_us),
        rows=int(rows or 0),
        max_known_time=None if max_known_us is None else moment(max_known_us),
        built_at=moment(number(b"built_us")),
        updated_at=moment(number(b"updated_us")),
        marks=json.loads(meta[b"marks"]) if meta.get(b"marks") else None,
    )
