"""The machine that measures, in words."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.bench.databases import ROOT
from tests.bench.wrk import wrk_command

_PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools", "sqlalchemy", "sqlmodel", "orjson")
_BENCH = ROOT / ".venv" / "bench" / "bin" / "python"


def machine() -> dict[str, str]:
    """What it is, what it runs, and the versions that matter."""
    return {
        "Processor": f"{_first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "Memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "Kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "Packages": ", ".join(f"{package} {version(package)}" for package in _PACKAGES),
        "Datasette": _said([str(_BENCH), "-c", "import importlib.metadata as m; print(m.version('datasette'))"]),
        "wrk": " ".join(_said([wrk_command(), "--version"]).split()[1:2]),
    }


def _first(file: str, name: str) -> str:
    """The value of the first line with a name."""
    lines = (line.partition(":") for line in Path(file).read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "unknown")


def _said(command: list[str]) -> str:
    """The first line that a command prints; wrk ends with 1 after it."""
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return (told.stdout or told.stderr).splitlines()[0].strip()
