"""Oracle of the timeline: the date that each record has there, without any code of the service."""

from typing import Any

from tests.oracles.plain import DATED, Record, Records

TYPE_OF_KIND = {"sanction": "status", "figure": "metric", "document": "kind"}
"""The field with the type of a record, for kinds without a field `type`."""


class Dated(Records):
    """Every record, with the timeline's rules on modality and on records without a date.

    `modality` does not filter records without a modality. A statement without a date has that of its event, and a vote
    without one that of the event that it is part of; the earliest counts, if it is part of several.
    """

    def source(self, record: Record) -> Record | None:
        """The record whose date a record has: itself, an event, or none."""
        waiting, seen, found = [record], set[str](), []
        while waiting:
            one = waiting.pop()
            date = one[DATED[self.plural_of[one["kind"]]]]
            if date and (date["earliest"] or date["latest"]):
                found.append(one)
            if date is None and one["url"] not in seen:
                above = {one["event"]["url"]} if one.get("event") else set()
                if any(participant["role"] == "voter" for participant in one.get("participants", ())):
                    above |= {rel["record"]["url"] for rel in one["related"] if rel["relation"] == "part_of"}
                waiting += [event for event in self.of["events"] if event["url"] in above]
            seen.add(one["url"])
        return min(found, key=lambda one: (day_of(one), one["id"]), default=None)

    def entry(self, record: Record) -> dict[str, Any]:
        """The entry of a record."""
        source = self.source(record)
        assert source is not None
        return {
            "record": ref(record),
            "document": record["document"],
            "type": record[TYPE_OF_KIND.get(record["kind"], "type")],
            "modality": record.get("modality"),
            "status": record.get("status"),
            "date": date_of(source),
            "date_of": None if source is record else ref(source),
            "actors": record["actors"],
        }

    def _span(self, record: Record) -> tuple[str | None, str | None]:
        return super()._span(self.source(record) or record)

    def values(self, record: Record, name: str) -> set[str]:
        if name == "modality":
            return {record["modality"]} if "modality" in record else set()
        return super().values(record, name)

    def _meets(self, record: Record, name: str, values: list[str], asked: dict[str, list[str]]) -> bool:
        return (name == "modality" and "modality" not in record) or super()._meets(record, name, values, asked)


def date_of(record: Record) -> dict[str, Any] | None:
    """The date of a record; None if it has none that can be resolved."""
    date: dict[str, Any] | None = record.get(next(DATED[p] for p in DATED if record["url"].startswith(f"/v1/{p}/")))
    return date if date and (date["earliest"] or date["latest"]) else None


def day_of(record: Record | None) -> str:
    """The day of a record with a date."""
    date = record and date_of(record)
    assert date
    return str(date["earliest"] or date["latest"])


def ref(record: Record) -> dict[str, Any]:
    """The Ref of a record."""
    return {name: record[name] for name in ("kind", "id", "name", "url")}
