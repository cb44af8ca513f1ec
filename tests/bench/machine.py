"""Description of the machine that runs the benchmark."""

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
    """Hardware, operating system and relevant package versions, by label."""
    return {
        "Processor": f"{_value('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "Memory": f"{int(_value('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "Kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "Packages": ", ".join(f"{package} {version(package)}" for package in _PACKAGES),
        "Datasette": _first_output_line(
            [str(_BENCH), "-c", "import importlib.metadata as m; print(m.version('datasette'))"]
        ),
        "wrk": " ".join(_first_output_line([wrk_command(), "--version"]).split()[1:2]),
    }


def _value(file: str, name: str) -> str:
    """Value of the first `name: value` line in a file."""
    lines = (line.partition(":") for line in Path(file).read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "unknown")


def _first_output_line(command: list[str]) -> str:
    """First line of a command's output. The exit status is ignored: `wrk --version` exits with 1."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return (result.stdout or result.stderr).splitlines()[0].strip()
