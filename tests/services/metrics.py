"""Reads `/metrics` with Prometheus' own parser."""

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def samples(client: httpx.Client) -> list[Sample]:
    """Every sample."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return [sample for family in text_string_to_metric_families(response.text) for sample in family.samples]


def metrics(client: httpx.Client) -> dict[str, float]:
    """Every sample without labels, by its name."""
    return {sample.name: sample.value for sample in samples(client) if not sample.labels}
