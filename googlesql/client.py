"""The service's WebAssembly in this process: compiled once, and called without copying bytewise."""

import contextlib
import ctypes
import fcntl
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import wasmtime
from zetasql.core import wasm_client


class Client(wasm_client.WasmClient):
    """The package's client, which copies a message at once instead of byte by byte."""

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._address(ptr), data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._address(ptr), size)

    def _address(self, ptr: int) -> int:
        return ctypes.addressof(self.memory.data_ptr().contents) + ptr


@contextlib.contextmanager
def compiled_once(folder: Path) -> Iterator[None]:
    """Within it, the package's client loads the module kept in `folder`, if there is one."""
    versions = "-".join(metadata.version(name) for name in ("zetasql", "wasmtime"))
    kept = folder / f"zetasql-{versions}.cwasm"
    compiler = wasm_client.Module

    class Kept:
        @staticmethod
        def from_file(engine: wasmtime.Engine, path: str) -> wasmtime.Module:
            if module := _loaded(engine, kept):
                return module
            folder.mkdir(parents=True, exist_ok=True)
            # it takes all cores: a second process waits for the first, and loads what that made
            with kept.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if module := _loaded(engine, kept):
                    return module
                module = compiler.from_file(engine, path)
                unfinished = kept.with_suffix(".part")
                unfinished.write_bytes(module.serialize())
                unfinished.replace(kept)
                return module

    wasm_client.Module = Kept
    try:
        yield
    finally:
        wasm_client.Module = compiler


def _loaded(engine: wasmtime.Engine, kept: Path) -> wasmtime.Module | None:
    """What was compiled before; None if there is nothing that this machine can run."""
    with contextlib.suppress(OSError, wasmtime.WasmtimeError):
        return wasmtime.Module.deserialize_file(engine, str(kept))
    return None
