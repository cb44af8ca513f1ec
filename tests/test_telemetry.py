"""Telemetry: metrics in Prometheus' format, and a log with one JSON object per line."""

import json
import time

import httpx
import pytest

from tests.services.api import client_of, get
from tests.services.databases import Databases
from tests.services.metrics import metrics, samples
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


def test_each_request_is_a_line_of_the_log(databases: Databases, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    before = time.time()
    with (
        serving(databases.seeded, log_level="info", cache_mb=64) as url,
        httpx.Client(base_url=url, timeout=60, headers={"User-Agent": "a test"}) as client,
    ):
        for number in range(3):
            client.get("/v1/actors/russia?evidence=none", headers={"X-Request-ID": f"mine-{number}"})
        made = client.get("/v1/actors/nobody").headers["x-request-id"]
    lines = [json.loads(line) for line in capfdbinary.readouterr().err.splitlines()]
    assert [(line["request_id"], line["route"], line["status"], line["path"]) for line in lines] == [
        *((f"mine-{number}", "/v1/actors/{id}", 200, "/v1/actors/russia") for number in range(3)),
        (made, "/v1/actors/{id}", 404, "/v1/actors/nobody"),
    ]
    for line in lines:
        assert (line["event"], line["level"], line["method"]) == ("request", "info", "GET")
        assert 0 < line["ms"] < 60_000
        assert before <= line["at"] <= time.time()


def test_a_quieter_log_has_no_requests(databases: Databases, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with serving(databases.seeded, log_level="warning") as url:
        assert get(f"{url}/v1").status_code == 200
    assert capfdbinary.readouterr().err == b""
