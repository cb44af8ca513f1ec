"""The addresses that the service listens on, and the health check of the container for each."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import typer

from app import ready
from app.cli.listening import bind
from app.settings import Settings
from tests.paths import ROOT
from tests.services.api import client_of, get
from tests.services.databases import Databases
from tests.services.log import requests
from tests.services.metrics import metrics
from tests.services.ports import free_port
from tests.services.problems import problem
from tests.services.serving import serving

pytestmark = pytest.mark.sqlite  # addresses concern no database


@pytest.mark.parametrize(
    ("host", "reached"), [("127.0.0.1", ["127.0.0.1"]), ("::", ["127.0.0.1", "[::1]"]), ("::1", ["[::1]"])]
)
def test_a_service_is_reached_at_its_addresses(
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    host: str,
    reached: list[str],
) -> None:
    port = free_port()
    monkeypatch.setenv("DOSSIER_HOST", host)
    monkeypatch.setenv("DOSSIER_PORT", str(port))
    with serving(databases.seeded, host=host, port=port, log_level="info"):
        for place in reached:
            assert get(f"http://{place}:{port}/v1").status_code == 200
        ready.main()
    assert [line["client"] for line in requests(capfdbinary)][:-1] == [place.strip("[]") for place in reached]
    with pytest.raises(SystemExit, match="not reached"):
        ready.main()


def test_a_service_is_reached_on_its_unix_socket(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dossier.sock"
    monkeypatch.setenv("DOSSIER_UDS", str(path))
    for _ in range(2):  # the second time in place of the socket that the first has left
        with serving(databases.seeded, uds=str(path)) as url:
            with httpx.Client(transport=httpx.HTTPTransport(uds=str(path), verify=False)) as client:
                assert client.get(f"{url}/v1/actors/russia").json()["id"] == "russia"
            assert path.stat().st_mode & 0o777 == 0o666
            ready.main()
            with pytest.raises(typer.Exit):
                bind(Settings.model_validate({"uds": str(path)}))
        assert path.is_socket()


def test_a_file_is_no_unix_socket(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(typer.Exit):
        bind(Settings.model_validate({"uds": str(path)}))
    assert path.read_text() == "mine"
    assert f"{path}: This is not a socket; move it away" in capsys.readouterr().err.replace("\n", "")


def test_the_metrics_can_have_a_port_of_their_own(databases: Databases) -> None:
    port = free_port()
    with serving(databases.seeded, metrics_port=port) as url, client_of(url) as client:
        problem(client.get("/metrics"), 404)
        assert client.get("/readyz").status_code == 200
        with client_of(f"http://127.0.0.1:{port}") as private:
            assert metrics(private)["dossier_revision"] == 1


def test_the_health_check_of_the_container_asks_the_service(databases: Databases) -> None:
    [words] = re.findall(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert words == '["python", "-m", "app.ready"]'
    port = free_port()
    command = [sys.executable, "-m", "app.ready"]
    environment = {"DOSSIER_HOST": "0.0.0.0", "DOSSIER_PORT": str(port), "HTTP_PROXY": "http://127.0.0.1:1"}
    with serving(databases.seeded, host="0.0.0.0", port=port):
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with serving(databases.new("nothing"), port=port):
        failed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "The database cannot be read" in failed.stderr


def test_the_health_check_has_the_defaults_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ("HOST", "PORT", "UDS"):
        monkeypatch.delenv(f"DOSSIER_{setting}", raising=False)
    asked = []

    def answer(_transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
    ready.main()
    fields = Settings.model_fields
    assert asked == [f"http://{fields['host'].default}:{fields['port'].default}/readyz"]
