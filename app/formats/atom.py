"""Atom (RFC 4287): records as entries of a feed, with their summaries and quotes as HTML.

The id of an entry is the IRI of its record, so that a feed reader shows a changed record in place of the older one.
"""

from collections.abc import Iterable
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import orjson

from app.formats.citation import page_path, quote_path

MEDIA_TYPE = "application/atom+xml"
_QUOTES = 5
"""The maximum number of quotes of an entry. Its link leads to all of them."""


def feed(path: str, title: str, updated: str, records: Iterable[str], iri: str, public_url: str) -> bytes:
    """The feed at a path, of records given by their stored JSON.

    `iri` is the beginning of all ids. Links are relative without a public URL.
    """
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    SubElement(root, "id").text = iri + path
    SubElement(root, "title").text = title
    SubElement(root, "updated").text = updated
    SubElement(SubElement(root, "author"), "name").text = "Dossier"
    SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=public_url + path)
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{public_url}/")
    for record in map(orjson.loads, records):
        entry = SubElement(root, "entry")
        page = page_path(record["url"])
        SubElement(entry, "id").text = iri + page
        SubElement(entry, "title").text = f"{record['name']} ({record['kind']})"
        SubElement(entry, "updated").text = record["updated_at"]
        SubElement(entry, "link", rel="alternate", type="text/html", href=public_url + page)
        SubElement(entry, "link", rel="related", type="application/json", href=public_url + record["url"])
        for scheme, terms in (("kind", [record["kind"]]), ("topic", record["topics"])):
            for term in terms:
                SubElement(entry, "category", term=term, scheme=f"{iri}/vocabularies/{scheme}")
        SubElement(entry, "summary").text = record["summary"]
        SubElement(entry, "content", type="html").text = _html(record, public_url)
    indent(root)
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _html(record: dict[str, Any], public_url: str) -> str:
    """The summary of a record and its first quotes, each with a link to the words in the text."""
    document = record["document"] or record
    quotes = (
        f'<blockquote>{escape(quote["exact"])} <a href="{escape(public_url + quote_path(document, quote))}">'
        f"{escape(document['name'])}, passage {quote['passage']}</a></blockquote>"
        for quote in record["evidence"][:_QUOTES]
    )
    return f"<p>{escape(record['summary'])}</p>{''.join(quotes)}"
