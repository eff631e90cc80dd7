"""What Linux tells of a process and its children: processor time and memory."""

from __future__ import annotations

import os
import platform
import signal
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MB = 2**20


def family(pid: int) -> list[int]:
    """The process and all that descend from it and are alive."""
    children: dict[int, list[int]] = {}
    for path in _PROC.iterdir():
        if path.name.isdecimal():
            stat = _stat(int(path.name))
            if stat:
                children.setdefault(int(stat[1]), []).append(int(path.name))
    found = [pid]
    for one in found:  # grows while it is walked
        found.extend(children.get(one, ()))
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of the family so far, ended children of its head included."""
    ticks = 0
    for one in family(pid):
        stat = _stat(one)
        last = 15 if one == pid else 13  # utime, stime; of the head cutime, cstime as well
        ticks += sum(int(value) for value in stat[11:last]) if stat else 0
    return ticks / _TICKS


def rss_mb(*pids: int) -> float:
    """Resident memory of these processes in MB; one that has ended counts nothing."""
    pages = 0
    for pid in pids:
        try:
            pages += int((_PROC / str(pid) / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * _PAGE / _MB


def hold(pid: int) -> None:
    """Let it stand still, so that it costs the other side nothing."""
    os.kill(pid, signal.SIGSTOP)


def release(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def machine() -> dict[str, str | int]:
    """What a reader must know of the machine to compare figures."""
    memory = os.sysconf("SC_PHYS_PAGES") * _PAGE / 2**30
    system = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in info if "model name" in line), "unknown")
    return {
        "cores": os.cpu_count() or 1,
        "processor": model,
        "memory_gb": round(memory),
        "system": system.get("PRETTY_NAME", "Linux").strip('"'),
        "python": platform.python_version(),
    }


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold spaces: state, parent, …"""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
