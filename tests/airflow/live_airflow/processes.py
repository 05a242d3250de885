"""The processes of a running Airflow."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """A process as `ps` lists it."""

    id: int
    parent: int
    words: str

    def kill(self) -> bool:
        """Give it no chance to say anything; False if it has ended before."""
        with suppress(ProcessLookupError):
            os.kill(self.id, signal.SIGKILL)
            return True
        return False


def listed() -> list[Process]:
    """All that run on this machine; not those that have ended and were not waited for."""
    command = ["ps", "-A", "-w", "-w", "-o", "pid=,ppid=,stat=,args="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(maxsplit=3) for line in lines]
    return [
        Process(int(row[0]), int(row[1]), row[3])
        for row in rows
        if len(row) == 4 and not row[2].startswith("Z")
    ]


def below(root: int) -> list[Process]:
    """The processes that came of one, the elder first."""
    children: dict[int, list[Process]] = {}
    for process in listed():
        children.setdefault(process.parent, []).append(process)
    found = list(children.get(root, []))
    for process in found:
        found += children.get(process.id, [])
    return found


def building(root: int) -> dict[str, Process]:
    """Of a layer that is being built below a process: `dbt`, the `task` that runs it, and the
    `supervisor` of the task. Empty if none is.
    """
    found = {process.id: process for process in below(root)}
    for dbt in found.values():
        if "/dbt build " in dbt.words or "/dbt retry " in dbt.words:
            task = found.get(dbt.parent)
            supervisor = found.get(task.parent) if task else None
            if supervisor:
                return {"dbt": dbt, "task": task, "supervisor": supervisor}
    return {}


def scheduler(root: int) -> Process:
    """The scheduler that a process has started."""
    [found] = [
        process
        for process in below(root)
        if process.parent == root and "scheduler" in process.words
    ]
    return found
