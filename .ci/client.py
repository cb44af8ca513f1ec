"""A client as openapi-python-client generates it: every module imports, and the actors and events are walked with it.

Usage: python client.py <base URL>, where the package `dossier_client` can be imported.
"""

import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dossier_client
from dossier_client import Client
from dossier_client.api.actors import get_actor, list_actors
from dossier_client.api.documents import get_document_text
from dossier_client.api.events import list_events
from dossier_client.models import Actor, Event, ProblemDetails


def walk(sync: Callable[..., Any], client: Client) -> Iterator[Any]:
    """Every item of a list, by following `next`."""
    following: dict[str, str] = {}
    while True:
        page = sync(client=client, limit=10, **following)
        yield from page.items
        if page.next_ is None:
            return
        following = {"cursor": parse_qs(urlsplit(page.next_).query)["cursor"][0]}


modules = [module.name for module in pkgutil.walk_packages(dossier_client.__path__, "dossier_client.")]
for name in modules:
    import_module(name)

with Client(base_url=sys.argv[1], raise_on_unexpected_status=True) as client:
    actors = list(walk(list_actors.sync, client))
    events = list(walk(list_events.sync, client))
    if not actors or not events or {*map(type, actors), *map(type, events)} != {Actor, Event}:
        sys.exit("the lists do not hold what they should")
    for event in events:
        parts = ", ".join(f"{part.actor.name} ({part.role})" for part in event.participants)
        sys.stdout.write(f"{event.name}: {parts}\n")
    texts: dict[str, str] = {}
    for record in (*actors, *events):
        for quote in record.evidence:
            slug = quote.document.id
            texts[slug] = texts.get(slug) or get_document_text.sync_detailed(slug, client=client).content.decode()
            if texts[slug][quote.start : quote.end] != quote.exact:
                sys.exit(f"{record.id}: {quote.exact!r} does not stand at {quote.start}")
    missing = get_actor.sync("north-corea", client=client)
    if not isinstance(missing, ProblemDetails) or "did you mean 'north-korea'?" not in missing.detail:
        sys.exit("a problem does not say what is near")

sys.stdout.write(f"{len(modules)} modules; {len(actors)} actors and {len(events)} events, each quote where it says\n")
