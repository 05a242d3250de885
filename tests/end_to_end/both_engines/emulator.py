"""The emulator local-bigquery, in an environment of its own; nothing lies outside the clone."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROJECT = "azekura-local"

_ENVIRONMENT = ROOT / ".venv-emulator"
_REQUIREMENTS = ROOT / "requirements" / "emulator.txt"
_INSTALLED = _ENVIRONMENT / ".installed"  # holds the hash of what was installed
_PYTHON = _ENVIRONMENT / "bin" / "python"
_HOME = _ENVIRONMENT / "home"  # DuckDB looks for its extensions below
_IS_3_13 = "import sys; sys.exit(sys.version_info[:2] != (3, 13)); "
_START_SECONDS = 120


class CannotInstall(Exception):
    """Why there is no emulator here, in one sentence."""


def install() -> None:
    """Install the locked requirements with Python 3.13, once; CannotInstall if that cannot be."""
    wanted = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()
    if _INSTALLED.exists() and _INSTALLED.read_text() == wanted:
        return
    python = _python_3_13()
    shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
    tools = Path(sys.executable).parent
    _run(str(python), "-m", "venv", str(_ENVIRONMENT))
    # the lock overrides a pin of local-bigquery's: nothing is resolved anew
    locked = ["--no-deps", "--require-hashes", "-r", str(_REQUIREMENTS)]
    cache = _ENVIRONMENT / "cache"
    _run(
        *[str(tools / "uv"), "pip", "install", "--quiet", "--python", str(_PYTHON)],
        *["--cache-dir", str(cache), *locked],
    )
    shutil.rmtree(cache, ignore_errors=True)
    _put_extensions_in_place()
    _INSTALLED.write_text(wanted)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of an emulator on free ports of 127.0.0.1; its data and log are in `folder`."""
    port, grpc_port = _free_ports(2)
    command = [str(_ENVIRONMENT / "bin" / "local-bigquery"), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--grpc-port", str(grpc_port), "--project", PROJECT]
    command += ["--data-dir", str(folder / "data")]
    log = folder / "emulator.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | {"HOME": str(_HOME)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _python_3_13() -> Path:
    """EMULATOR_PYTHON, or python3.13 on the path or of pyenv."""
    named = os.environ.get("EMULATOR_PYTHON")
    candidates = [named] if named else ["python3.13"]
    if not named and shutil.which("pyenv"):
        found = subprocess.run(["pyenv", "prefix", "3.13"], capture_output=True, text=True)
        candidates += [f"{found.stdout.strip()}/bin/python"] if found.returncode == 0 else []
    for candidate in candidates:
        with suppress(OSError):
            if subprocess.run([candidate, "-c", _IS_3_13], capture_output=True).returncode == 0:
                return Path(candidate)
    where = f"EMULATOR_PYTHON, {named}, is none" if named else "set EMULATOR_PYTHON to one"
    raise CannotInstall(f"the emulator needs Python 3.13, and none was found: {where}.")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise CannotInstall(f"the emulator's packages cannot be installed: {lines[-1].strip()}")


def _put_extensions_in_place() -> None:
    """DuckDB's extensions come as packages; DuckDB takes them from a folder of their version."""
    ask = "import duckdb; print(duckdb.sql('pragma platform').fetchone()[0])"
    platform = subprocess.run(
        [str(_PYTHON), "-c", ask], capture_output=True, text=True, check=True
    ).stdout.strip()
    for extension in _ENVIRONMENT.glob(
        "lib/python3.13/site-packages/duckdb_extension_*/extensions/*/*.duckdb_extension"
    ):
        folder = _HOME / ".duckdb" / "extensions" / extension.parent.name / platform
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(extension, folder)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise RuntimeError(f"The emulator does not start:\n{log.read_text()[-2000:]}")
