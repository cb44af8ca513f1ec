r"""What happened since 2014, and the words that say so; then what is known of one actor.

pip install openapi-python-client
openapi-python-client generate --url http://127.0.0.1:8000/openapi.json --config client.yaml \
    --meta none --output-path dossier_client
python client.py http://127.0.0.1:8000
"""

import sys
from collections.abc import Iterator
from functools import cache
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from dossier_client import Client
from dossier_client.api.actors import get_actor, get_actor_dossier
from dossier_client.api.documents import get_document_text
from dossier_client.api.events import list_events
from dossier_client.models import Event, Modality, ProblemDetails
from dossier_client.types import UNSET

T = TypeVar("T")

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
client = Client(base_url=url, follow_redirects=True)  # the path of a former id forwards


def expect(answer: T | ProblemDetails | None) -> T:
    """The answer, if it is no problem."""
    if answer is None or isinstance(answer, ProblemDetails):
        raise SystemExit(answer.detail if answer else "no answer")
    return answer


def events() -> Iterator[Event]:
    cursor = None
    while True:
        modality = [Modality.ACTUAL, Modality.HABITUAL]
        page = expect(
            list_events.sync(client=client, date_from="2014", modality=modality, limit=10, cursor=cursor or UNSET)
        )
        yield from page.items
        if page.next_ is None:
            return
        [cursor] = parse_qs(urlsplit(page.next_).query)["cursor"]


@cache
def text(id: str) -> str:
    content: str = expect(get_document_text.sync(id, client=client))
    return content


for event in events():
    actors = ", ".join(f"{each.actor.name} ({each.role})" for each in event.participants)
    print(f"{event.date.text if event.date else 'undated'} · {event.name} · {actors}")
    for quote in event.evidence:
        if event.document:
            print(f"    {text(event.document.id)[quote.start : quote.end]}")

dossier = expect(get_actor_dossier.sync("north-korea", client=client))
print(f"{dossier.actor.name}: {dossier.counts.events} events, {dossier.ties.total.value} ties")
for tie in dossier.ties.items:
    print(f"    {tie.name}")

missing = get_actor.sync("north-corea", client=client)
if isinstance(missing, ProblemDetails):
    print(missing.detail)
