"""Telemetry: metrics in Prometheus' format, and a log with one JSON object per line."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url

from app import __version__
from app.model.kinds import KINDS
from app.query.store import POLL_SECONDS
from tests.services.api import client_of, get
from tests.services.databases import Databases
from tests.services.log import FIELDS, requests
from tests.services.metrics import metrics, samples
from tests.services.problems import problem
from tests.services.serving import serving


def test_requests_are_counted_and_timed_by_route_and_status(databases: Databases) -> None:
    with serving(databases.seeded) as url, client_of(url) as client:
        client.get("/v1/actors/russia")
        etag = client.get("/v1/actors/north-korea").headers["etag"]
        client.get("/v1/actors/north-korea", headers={"If-None-Match": etag})
        client.get("/v1/actors/nobody")
        client.head("/v1/actors/russia")
        for path in ("/v1/actors?limit=0", "/v1/events.csv", "/no/such/path"):
            client.get(path)
        client.post("/v1/actors")
        found = samples(client)
        counts = {
            (sample.labels["route"], sample.labels["status"]): sample.value
            for sample in found
            if sample.name == "dossier_request_seconds_count"
        }
        assert counts[("/v1/actors/{id}", "200")] == 3
        assert counts[("/v1/actors/{id}", "304")] == 1
        assert counts[("/v1/actors/{id}", "404")] == 1
        assert counts[("/v1/actors", "422")] == 1
        assert counts[("/v1/events.csv", "200")] == 1
        assert counts[("none", "404")] == 1
        assert sum(counts.values()) == 9, "unknown paths share one label"
        lanes = {s.labels["lane"]: s.value for s in found if s.name == "dossier_read_seconds_count"}
        assert lanes["quick"] >= 3
        assert lanes["slow"] >= 1
        assert metrics(client)["dossier_revision"] == 1


def test_the_metrics_describe_the_service_and_its_dataset(databases: Databases) -> None:
    with serving(databases.seeded, cache_mb=64) as url, client_of(url) as client:
        if databases.backend != "sqlite":
            time.sleep(5 * POLL_SECONDS)
        found = samples(client)
        root = client.get("/v1").json()
        hits = [client.get("/v1") for _ in range(3)]
        after = metrics(client)
    assert {s.labels["kind"]: s.value for s in found if s.name == "dossier_records"} == {
        kind.name: root["counts"][kind.plural] for kind in KINDS.values() if root["counts"][kind.plural]
    }
    loaded_at = datetime.fromisoformat(root["updated_at"]).timestamp()
    assert after["dossier_last_load_timestamp_seconds"] == loaded_at
    assert [(s.labels, s.value) for s in found if s.name == "dossier_build_info"] == [({"version": __version__}, 1)]
    assert (after["dossier_cache_hits_total"], after["dossier_cache_misses_total"]) == (len(hits), 3)
    assert after["process_resident_memory_bytes"] > 2**20


def test_counters_end_in_total(databases: Databases) -> None:
    with serving(databases.seeded) as url:
        families = list(text_string_to_metric_families(get(f"{url}/metrics").text))
    assert {family.name for family in families if family.type == "counter"} == {
        "dossier_cache_hits",
        "dossier_cache_misses",
        "process_cpu_seconds",
    }
    assert {s.name for f in families if f.type == "counter" for s in f.samples} == {
        "dossier_cache_hits_total",
        "dossier_cache_misses_total",
        "process_cpu_seconds_total",
    }


@pytest.mark.sqlite  # a file can be moved away
def test_the_metrics_need_no_database(databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "moved.db"
    with databases.lent("seeded") as lent:
        Path(str(make_url(lent).database)).rename(file)
        with serving(f"sqlite:///{file}") as url, client_of(url) as client:
            assert client.get("/v1").status_code == 200
            file.unlink()
            problem(client.get("/v1/actors"), 503)
            assert metrics(client)["dossier_revision"] == 1


def test_each_request_is_a_line_of_the_log(databases: Databases, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    before = datetime.now(UTC)
    path = "/v1/actors/russia?evidence=none"
    with serving(databases.seeded, log_level="info", cache_mb=64) as url, client_of(url) as client:
        sent = [
            len(client.get(path, headers={"X-Request-ID": f"mine-{number}", "Accept-Encoding": "identity"}).content)
            for number in range(3)
        ]
        made = client.get("/v1/actors/nobody").headers["x-request-id"]
        client.get(f"/v1/actors?q={'x' * 3000}")
    *lines, long = requests(capfdbinary)
    kept = ("request_id", "route", "status", "path", "query")
    assert [tuple(line[name] for name in kept) for line in lines] == [
        *((f"mine-{number}", "/v1/actors/{id}", 200, "/v1/actors/russia", "evidence=none") for number in range(3)),
        (made, "/v1/actors/{id}", 404, "/v1/actors/nobody", ""),
    ]
    assert [line["bytes"] for line in lines[:3]] == sent
    assert (long["status"], long["query"]) == (422, "q=" + "x" * 998)
    for line in (*lines, long):
        assert list(line) == FIELDS
        assert (line["event"], line["level"], line["method"], line["client"]) == ("request", "info", "GET", "127.0.0.1")
        assert 0 < line["ms"] < 60_000
        assert line["time"].endswith("Z")
        assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(line["time"]) <= datetime.now(UTC)


@pytest.mark.sqlite  # the log is the same on each database
@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (2, "203.0.113.9, 192.0.2.1,198.51.100.7", "192.0.2.1"),
        (2, "192.0.2.1", "127.0.0.1"),
    ],
)
def test_the_log_names_the_client_that_the_trusted_proxies_name(
    databases: Databases, capfdbinary: pytest.CaptureFixture[bytes], proxies: int, forwarded: str, client: str
) -> None:
    with serving(databases.seeded, log_level="info", proxies=proxies) as url:
        assert get(f"{url}/healthz", headers={"X-Forwarded-For": forwarded}).status_code == 200
    assert [line["client"] for line in requests(capfdbinary)] == [client]


def test_a_quieter_log_has_no_requests(databases: Databases, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with serving(databases.seeded, log_level="warning") as url:
        assert get(f"{url}/v1").status_code == 200
    assert capfdbinary.readouterr().err == b""
