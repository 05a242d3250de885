"""Online stores are opened by their URLs."""

from importlib import import_module

from serving.errors import UnsupportedError
from serving.stores.base import OnlineStore

# where the store of each scheme is; it is loaded when it is asked for
_STORES = {
    "sqlite": ("serving.stores.sqlite", "SQLiteStore"),
    "redis": ("serving.stores.redis", "RedisStore"),
    "rediss": ("serving.stores.redis", "RedisStore"),
    "unix": ("serving.stores.redis", "RedisStore"),
    "valkey": ("serving.stores.redis", "RedisStore"),
    "valkeys": ("serving.stores.redis", "RedisStore"),
}


def open_store(url: str, project: str = "azekura") -> OnlineStore:
    """Open an online store by its URL.

    Args:
        url: `sqlite:///relative/path`, `sqlite:////absolute/path`, or `redis://…`, `rediss://…`,
            `unix://…` as redis-py has them; `valkey://…` and `valkeys://…` are the same.
        project: what keys in a shared store begin with.

    Raises:
        UnsupportedError: for another URL.
        StoreUnavailableError: if it cannot be opened.
    """
    scheme, separator, _ = url.partition("://")
    if separator and scheme in _STORES:
        module, name = _STORES[scheme]
        store = getattr(import_module(module), name).from_url(url, project)
        if store is not None:
            return store
    shown = f"{scheme}://…" if separator else url
    raise UnsupportedError(
        f"{shown} is no online store: it is sqlite:///path, redis://host:port/db or rediss://…"
    )
