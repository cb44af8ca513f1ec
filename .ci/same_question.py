"""Test that lists of `requests`, commas of `curl` and a generated client ask the same question and get the same answer.

Usage: python same_question.py <base URL>. The package `dossier_client` must be importable.
"""

import json
import pkgutil
import subprocess
import sys
from importlib import import_module

import dossier_client
import requests
from dossier_client import Client
from dossier_client.api.events import list_events
from dossier_client.models import EventPage, EventType, ListEventsFacetsItem, ListEventsSortItem

base = sys.argv[1]
for module in pkgutil.walk_packages(dossier_client.__path__, "dossier_client."):
    import_module(module.name)

lists = requests.get(
    f"{base}/v1/events",
    params={
        "type": ["consult", "agree"],
        "actor": ["north-korea", "russia"],
        "facets": ["type", "modality"],
        "sort": ["-date", "name"],
        "limit": "200",
    },
    timeout=10,
)
question = "type=consult,agree&actor=north-korea,russia&facets=type,modality&sort=-date,name&limit=200"
commas = subprocess.run(["curl", "-sf", f"{base}/v1/events?{question}"], check=True, capture_output=True).stdout
with Client(base_url=base) as client:
    generated = list_events.sync_detailed(
        client=client,
        type_=[EventType.CONSULT, EventType.AGREE],
        actor=["north-korea", "russia"],
        facets=[ListEventsFacetsItem.TYPE, ListEventsFacetsItem.MODALITY],
        sort=[ListEventsSortItem.DATE_DESCENDING, ListEventsSortItem.NAME],
        limit=200,
    )
assert lists.content == commas == generated.content
assert isinstance(generated.parsed, EventPage)
names = [event["name"] for event in json.loads(commas)["items"]]
assert [event.name for event in generated.parsed.items] == names
assert len(names) > 3
print(f"The same {len(names)} events for lists, commas and a generated client")
