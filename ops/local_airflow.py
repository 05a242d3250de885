"""Airflow on this machine: `make airflow`.

Migrates the metadata database, makes the pool, starts the scheduler, the DAG processor, the
triggerer and the API server, says where they are once all are healthy, and stops all that came of
them on Ctrl-C. Run by the Python of .venv-airflow. With words behind it, it is the command
`airflow` on the Airflow that runs here.

    AZEKURA_AIRFLOW_PORT       8585
    AZEKURA_AIRFLOW_HOST       127.0.0.1; for any other a login is needed
    AZEKURA_AIRFLOW_DATABASE   postgresql+psycopg2://user:password@host/name, else SQLite
    AZEKURA_AIRFLOW_HOME       where it keeps what it keeps, else .airflow
"""

import base64
import ctypes
import ipaddress
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
HOME = Path(os.environ.get("AZEKURA_AIRFLOW_HOME") or ROOT / ".airflow").absolute()
LOGS = HOME / "logs"
AIRFLOW = Path(sys.executable).with_name("airflow")

# each without the server of logs that it would open on all interfaces
COMPONENTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
HEALTHY_AFTER = 300  # seconds, at most
STOPPED_AFTER = 10  # seconds, before what is left is killed
_PR_SET_CHILD_SUBREAPER = 36

MIGRATE = """
from airflow.utils.db import initdb
initdb()
from airflow.models.pool import Pool
Pool.create_or_update_pool("duckdb", 1, "DuckDB has one writer", include_deferred=False)
"""


class StartError(Exception):
    """Airflow cannot be started, or has stopped; one sentence says why."""


class Stopped(Exception):
    """Somebody asked to stop."""


def main(words: Sequence[str] = ()) -> int:
    host = os.environ.get("AZEKURA_AIRFLOW_HOST") or "127.0.0.1"
    port = os.environ.get("AZEKURA_AIRFLOW_PORT") or "8585"
    if words:
        return _airflow(words, host, port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    processes: dict[str, subprocess.Popen] = {}
    try:
        _adopt_orphans()
        _require_free(host, port)
        HOME.mkdir(parents=True, exist_ok=True)
        HOME.chmod(0o700)  # it holds passwords
        LOGS.mkdir(exist_ok=True)
        environment = _environment(host, port)
        _migrate(environment)
        for name, words in COMPONENTS.items():
            processes[name] = _start(name, [str(AIRFLOW), *words], environment)
        _wait_until_healthy(port, processes)
        print(_greeting(host, port), flush=True)
        while True:
            _require_running(processes)
            time.sleep(1)
    except Stopped:
        return 0
    except StartError as error:
        print(f"make airflow: {error}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if processes:
            print("stopping", flush=True)
        _end_descendants()


def _airflow(words: Sequence[str], host: str, port: str) -> int:
    if not LOGS.exists():
        print(f"make airflow: {HOME} is not there: start Airflow first.", file=sys.stderr)
        return 1
    return subprocess.run([str(AIRFLOW), *words], env=_environment(host, port)).returncode


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _adopt_orphans() -> None:
    """What a component leaves behind becomes a child of this process, and is found in the end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _require_free(host: str, port: str) -> None:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise StartError(f"AZEKURA_AIRFLOW_PORT is {port!r}: give a port, such as 8585.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise StartError(
                f"{host}:{port} cannot be bound ({error.strerror}):"
                " set AZEKURA_AIRFLOW_PORT to a free port."
            ) from None


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _environment(host: str, port: str) -> dict[str, str]:
    """What the components are set to; a variable of Airflow's own that is set already is kept."""
    database = os.environ.get("AZEKURA_AIRFLOW_DATABASE") or f"sqlite:///{HOME / 'airflow.db'}"
    reached = "127.0.0.1" if host == "0.0.0.0" else host
    defaults = {
        "AIRFLOW_HOME": str(HOME),
        "AZEKURA_STATE": str(HOME / "state"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": str(_is_loopback(host)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{reached}:{port}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__API__HOST": host,
        "AIRFLOW__API__PORT": port,
        "AIRFLOW__API__BASE_URL": f"http://{reached}:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": _secret("jwt_secret"),
        # each component would make one of its own, and the triggerer could not read the scheduler's
        "AIRFLOW__CORE__FERNET_KEY": _secret("fernet_key"),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "15",
        # a task whose process was killed is noticed in a minute instead of five
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        # the triggerer imports what a deadline calls
        "PYTHONPATH": str(ROOT / "dags"),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **os.environ, "PATH": f"{AIRFLOW.parent}{os.pathsep}{os.environ['PATH']}"}


def _secret(name: str) -> str:
    """What the components sign or encrypt with: made once, read by the owner only."""
    path = HOME / name
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return path.read_text()


def _migrate(environment: dict[str, str]) -> None:
    print("migrating the metadata database", flush=True)
    process = _start("migrate", [sys.executable, "-c", MIGRATE], environment)
    if process.wait():
        raise StartError(f"the migration failed; the end of {_log('migrate')}:\n{_tail('migrate')}")


def _start(name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """A process in a group of its own: Ctrl-C reaches this one, which stops the others in order."""
    with _log(name).open("w") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _log(name: str) -> Path:
    return LOGS / f"{name}.log"


def _tail(name: str) -> str:
    return "\n".join(_log(name).read_text(errors="replace").splitlines()[-20:])


def _require_running(processes: dict[str, subprocess.Popen]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise StartError(
                f"the {name} has ended with {process.returncode};"
                f" the end of {_log(name)}:\n{_tail(name)}"
            )


def _wait_until_healthy(port: str, processes: dict[str, subprocess.Popen]) -> None:
    waiting, begun = set(COMPONENTS), time.monotonic()
    said = begun
    while waiting:
        _require_running(processes)
        if time.monotonic() - begun > HEALTHY_AFTER:
            raise StartError(
                f"{', '.join(sorted(waiting))} not healthy after {HEALTHY_AFTER} seconds:"
                f" see {LOGS}."
            )
        for name in sorted(waiting & _healthy(port)):
            waiting.remove(name)
            print(f"{name} is healthy ({time.monotonic() - begun:.0f} s)", flush=True)
        if waiting and time.monotonic() - said > 10:
            said = time.monotonic()
            print(f"waiting for {', '.join(sorted(waiting))} ({said - begun:.0f} s)", flush=True)
        time.sleep(0.5)


def _healthy(port: str) -> set[str]:
    """The components that say they are."""
    host = os.environ.get("AZEKURA_AIRFLOW_HOST") or "127.0.0.1"
    reached = "127.0.0.1" if host == "0.0.0.0" else host
    url = f"http://{reached}:{port}/api/v2/monitor/health"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return set()
    healthy = {
        name.replace("_", "-") for name, state in found.items() if state["status"] == "healthy"
    }
    return {"api-server"} | healthy


def _greeting(host: str, port: str) -> str:
    if _is_loopback(host):
        login = "No login is needed here: only this machine reaches it."
    else:
        users = HOME / "simple_auth_manager_passwords.json.generated"
        login = f"Log in as admin; the password is in {users}."
    return (
        f"\nAirflow is at http://{host}:{port}\n{login}\n"
        f"DAGs are paused until you switch them on. Logs are in {LOGS}. Ctrl-C stops all of it.\n"
    )


def _end_descendants() -> None:
    """Ask all that came of this process to stop, kill what does not; return when none is left."""
    for process in _descendants():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    until = time.monotonic() + STOPPED_AFTER
    while True:
        _reap()
        left = list(_descendants())
        if not left:
            return
        if time.monotonic() > until:
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(0.1)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants() -> Iterator[int]:
    """The processes below this one, those that have ended and were not yet waited for included."""
    lister = subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True)
    listed = lister.communicate()[0]
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        process, parent = map(int, line.split())
        if process != lister.pid:
            children.setdefault(parent, []).append(process)
    found = [os.getpid()]
    for process in found:
        found += children.get(process, [])
    return iter(found[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
