"""The commands that write the online store and look into it."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from serving.definitions import Feature, FeatureService, FeatureView
from serving.errors import UnsupportedError, ValueRefusedError, unknown
from serving.manifest import manifest_path
from serving.registry import Registry
from serving.stores.base import Answer, Live, OnlineStore
from serving.stores.opening import open_store
from serving.types import parsed

DEFAULT_STORE = "sqlite:///online.sqlite"


def add_commands(commands: Any) -> None:
    """Add `materialize`, `read`, `status` and `drop`."""
    command = commands.add_parser(
        "materialize",
        help="bring the online store up to date with the warehouse",
        description="Bring the online store up to date with the warehouse: what became known since"
        " the last time, or everything where there is no table yet or its columns changed.",
    )
    command.add_argument(
        "--view",
        dest="views",
        action="extend",
        nargs="+",
        metavar="VIEW[@n]",
        help="only these; without @n, all versions that are online (default: every online view)",
    )
    command.add_argument(
        "--full", action="store_true", help="build anew beside, and switch when it is whole"
    )
    command.add_argument(
        "--from",
        dest="warehouse",
        choices=("duckdb", "bigquery"),
        help="the warehouse (default: the one that the manifest was made for)",
    )
    command.add_argument(
        "--until",
        type=_moment,
        metavar="MOMENT",
        help="leave out what became known later, such as 2013-06-01T12:00Z (default: now)",
    )
    add_store_options(command)
    command.set_defaults(run=_materialize)

    command = commands.add_parser(
        "read",
        help="read the features of one entity",
        description="Read what a view or a feature service says of one entity now.",
    )
    command.add_argument("name", metavar="view[@n] or service")
    command.add_argument("keys", nargs="*", metavar="key=value")
    command.add_argument(
        "--at",
        type=_moment,
        metavar="MOMENT",
        help="read as at this moment: the TTL is measured there, and what came later is"
        " NOT_AVAILABLE_AT (default: now)",
    )
    command.add_argument("--json", action="store_true", help="one JSON object")
    add_store_options(command)
    command.set_defaults(run=_read)

    command = commands.add_parser("status", help="what the online store holds, and how old it is")
    add_store_options(command)
    command.set_defaults(run=_status)

    command = commands.add_parser("drop", help="take a view version out of the online store")
    command.add_argument("view", metavar="VIEW@n")
    add_store_options(command)
    command.set_defaults(run=_drop)


def add_store_options(command: argparse.ArgumentParser) -> None:
    """Add `--store` and `--manifest`; `opened` makes of them what they name."""
    command.add_argument(
        "--store",
        default=os.environ.get("AZEKURA_ONLINE_STORE") or DEFAULT_STORE,
        metavar="URL",
        help="sqlite:///path or redis://host:port/db"
        f" (default: $AZEKURA_ONLINE_STORE, else {DEFAULT_STORE})",
    )
    command.add_argument(
        "--manifest",
        default=manifest_path(),
        metavar="PATH",
        help="dbt's manifest.json (default: in $DBT_TARGET_PATH, else in target/)",
    )


def opened(options: argparse.Namespace) -> tuple[Registry, OnlineStore]:
    """The registry and the store that the options name."""
    registry = Registry.from_manifest(options.manifest)
    return registry, open_store(options.store, registry.project)


def _materialize(options: argparse.Namespace) -> int:
    from serving.materialize import check_can_be_online, materialize
    from serving.offline import open_source

    registry, store = opened(options)
    views = _asked(registry, options.views)
    # all of it or nothing where it is known beforehand
    for view in views:
        check_can_be_online(view)
    source = open_source(options.warehouse or registry.adapter)
    with store:
        for view in views:
            with _Progress(view.label) as progress:
                done = materialize(
                    store, source, view, options.full, options.until, progress.update
                )
            reached = done.live.max_known_time
            print(
                f"{view.label}: {done.entities:,} entities"
                f" {'built' if done.full else 'updated'}, known up to {_shown(reached)}"
            )
    source.close()
    return 0


def _asked(registry: Registry, names: Sequence[str] | None) -> list[FeatureView]:
    if not names:
        views = registry.online_views()
        if not views:
            raise UnsupportedError(
                "No feature view is online: set `online: true` in the meta.feature_store of one."
            )
        return list(views)
    found = []
    for name in names:
        if "@" in name:
            found.append(registry.view(name))
        else:
            versions = registry.versions(name)
            # one that is not online is refused by name
            found += [view for view in versions if view.online] or versions[-1:]
    return list(dict.fromkeys(found))


def _read(options: argparse.Namespace) -> int:
    from serving.reader import read_service, read_view

    registry, store = opened(options)
    found = registry.find(options.name)
    entity = _entity(found, options.keys)
    with store:
        if isinstance(found, FeatureService):
            [answer] = read_service(store, found, [entity], options.at)
            parts = [
                (part.view, [column for column, _ in part.columns], each)
                for part, each in zip(found.views, answer.answers, strict=True)
            ]
            names = found.feature_names
        else:
            [each] = read_view(store, found, [entity], options.at)
            parts = [(found, list(found.feature_names), each)]
            names = found.feature_names
    if options.json:
        print(json.dumps(_as_json(names, parts)))
        return 0
    rows = [
        (name, _text(value), each.status, view.label, _shown(each.event_time))
        for name, (view, value, each) in zip(names, _by_feature(parts), strict=True)
    ]
    _print_table(("feature", "value", "status", "view", "event time"), rows)
    return 0


_Part = tuple[FeatureView, list[str], Answer]


def _by_feature(parts: Iterable[_Part]) -> list[tuple[FeatureView, Any, Answer]]:
    """The view, the JSON value and the answer of each feature."""
    found = []
    for view, columns, answer in parts:
        for column, value in zip(columns, answer.values, strict=True):
            dump = view.feature(column).type.dump
            found.append((view, dump(value) if dump and value is not None else value, answer))
    return found


def _as_json(names: Sequence[str], parts: Sequence[_Part]) -> dict[str, Any]:
    return {
        "features": {
            name: value for name, (_, value, _) in zip(names, _by_feature(parts), strict=True)
        },
        "views": [
            {
                "view": view.name,
                "version": view.version,
                "status": answer.status,
                "event_time": answer.event_time and answer.event_time.isoformat(),
                "known_time": answer.known_time and answer.known_time.isoformat(),
            }
            for view, _, answer in parts
        ],
    }


def _entity(found: FeatureView | FeatureService, texts: Sequence[str]) -> dict[str, Any]:
    """The keys of one entity, each of its type."""
    types = key_types(found)
    entity = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueRefusedError(f"{text!r} is no key=value, such as {next(iter(types))}=….")
        if name not in types:
            raise unknown("key", name, types, f" of {options_name(found)}")
        key = types[name]
        entity[name] = parsed(value, key.type, f"{options_name(found)}.{name}")
    return entity


def key_types(found: FeatureView | FeatureService) -> dict[str, Feature]:
    """By the name that a request gives, the key of a view that it is."""
    if isinstance(found, FeatureView):
        return {key.name: key for key in found.keys}
    return {
        name: key
        for part in found.views
        for (name, _), key in zip(part.keys, part.view.keys, strict=True)
    }


def options_name(found: FeatureView | FeatureService) -> str:
    return found.label if isinstance(found, FeatureView) else found.name


def _status(options: argparse.Namespace) -> int:
    registry, store = opened(options)
    with store:
        lives = {(live.view, live.version): live for live in store.live()}
    now = datetime.now(UTC)
    rows = [
        (view.label, *_state(view, lives.pop((view.name, view.version), None), now))
        for view in registry.online_views()
    ]
    rows += [
        (live.label, "not in the manifest as online", live.rows, _shown(live.max_known_time), "")
        for live in lives.values()
    ]
    _print_table(("view", "state", "entities", "known up to", "age"), rows)
    return 0


def _state(view: FeatureView, live: Live | None, now: datetime) -> tuple:
    if live is None:
        return "not materialized", "", "", ""
    state = "live" if live.schema_hash == view.schema_hash else "live with other columns"
    if view.deprecation_date and view.deprecation_date <= now:
        state += f", deprecated since {view.deprecation_date:%Y-%m-%d}"
    age = "" if live.max_known_time is None else str(_whole_seconds(now - live.max_known_time))
    return state, live.rows, _shown(live.max_known_time), age


def _drop(options: argparse.Namespace) -> int:
    # a version that is in the manifest no more can be dropped, too
    name, _, version = options.view.partition("@")
    if not version.isdecimal():
        raise ValueRefusedError(f"Say which version of {name} is to go, as in {name}@1.")
    _, store = opened(options)
    with store:
        if not store.drop(name, int(version)):
            there = [live.label for live in store.live()]
            raise unknown("view version", options.view, there, f" in {store.url}")
    print(f"{options.view}: dropped from {store.url}")
    return 0


class _Progress:
    """A bar on a terminal; nothing in a log, where one line says what was done."""

    def __init__(self, label: str) -> None:
        self._bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(desc=label, unit=" entities", unit_scale=True, leave=False)

    def update(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment such as 2013-06-01T12:00Z."
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _whole_seconds(span: timedelta) -> timedelta:
    return timedelta(seconds=int(span.total_seconds()))


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else moment.isoformat(sep=" ").replace("+00:00", "Z")


def _text(value: Any) -> str:
    return "NULL" if value is None else str(value)


def _print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    lines = [header, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(map(str.ljust, line, widths)).rstrip())
