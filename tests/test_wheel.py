"""The wheel is complete: installed and started in an empty folder, it creates its database and serves the seed."""

import os
import socket
import subprocess
import sys
import time
import venv
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.paths import ROOT
from tests.services.api import get

pytestmark = pytest.mark.packaging

SECONDS = 60
PAGES = ["static/style.css", "documents/sceeus-guest-commentary-8-2022", "guide/bundles", "guide/bundle.schema.json"]
"""Pages that are made from files beside the code."""
OTHERS = [path for path in sys.path if path.endswith("site-packages")]
"""The folders of the packages that Dossier needs."""


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The command of a virtual environment into which the wheel was installed."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", tmp_path, ".")
    [wheel] = tmp_path.glob("dossier-*.whl")
    venv.create(tmp_path / "venv", symlinks=True)
    run(*pip, "--python", tmp_path / "venv" / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    [packages] = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text("\n".join(OTHERS))
    return tmp_path / "venv" / "bin" / "dossier"


def test_a_wheel_serves_the_seed_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DOSSIER_", "PYTHON"))}
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(
            [installed, "serve"], cwd=folder, env=ours | {"DOSSIER_PORT": str(port)}, stdout=log, stderr=log
        )
    try:
        for _ in range(SECONDS * 10):
            with suppress(httpx.TransportError):
                root = get(f"http://127.0.0.1:{port}/v1").json()
                pages = [get(f"http://127.0.0.1:{port}/{path}") for path in PAGES]
                break
            assert service.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
    finally:
        service.terminate()
        service.wait(timeout=SECONDS)
    assert [page.status_code for page in pages] == [200] * len(PAGES)
    assert root["revision"] == 1
    assert root["counts"]["actors"] == 35
    assert [path.name for path in folder.iterdir()] == ["dossier.db"]
