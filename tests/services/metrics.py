"""What `/metrics` says, as Prometheus reads it."""

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def samples(client: httpx.Client) -> list[Sample]:
    """Every sample."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]


def metrics(client: httpx.Client) -> dict[str, float]:
    """Every sample that has no labels, by its name."""
    return {sample.name: sample.value for sample in samples(client) if not sample.labels}
