"""Event types and quads of PLOVER, as used in POLECAT.

Source: PLOVER manual, Open Event Data Alliance (github.com/openeventdata/PLOVER), chapter
"Event Categories". The terms and their grouping are PLOVER's, the labels and definitions ours.
PLOVER's own tables disagree on SANCTION; here it is material conflict, as its section has it.
"""

from .base import PloverVocabulary, Source


class Quad(PloverVocabulary):
    """The four PLOVER groups of event types: cooperation or conflict, in words or in deeds."""

    VERBAL_COOPERATION = (
        "verbal_cooperation",
        "Verbal cooperation",
        "Goodwill, agreement or concession that is expressed in words.",
    )
    MATERIAL_COOPERATION = (
        "material_cooperation",
        "Material cooperation",
        "Help, exchange or backing down that changes something on the ground.",
    )
    VERBAL_CONFLICT = (
        "verbal_conflict",
        "Verbal conflict",
        "Demands, criticism, refusals and threats that remain words.",
    )
    MATERIAL_CONFLICT = (
        "material_conflict",
        "Material conflict",
        "Pressure or force that is put into practice, from cut ties to armed attack.",
    )


class EventType(PloverVocabulary):
    """The type of an event: the sixteen PLOVER types, and `other`."""

    AGREE = (
        "agree",
        "Agree",
        "An actor promises, offers or declares itself willing to cooperate in the future.",
        Quad.VERBAL_COOPERATION,
    )
    CONSULT = (
        "consult",
        "Consult",
        "Actors meet, visit, negotiate or talk to each other, in person or at a distance.",
        Quad.VERBAL_COOPERATION,
    )
    SUPPORT = (
        "support",
        "Support",
        "An actor gives political backing without material help: praise, recognition, a signature, new ties.",
        Quad.VERBAL_COOPERATION,
    )
    CONCEDE = (
        "concede",
        "Concede",
        "An actor gives way in words: it apologises, pardons, eases a rule or announces a withdrawal.",
        Quad.VERBAL_COOPERATION,
    )
    COOPERATE = (
        "cooperate",
        "Cooperate",
        "Actors work together or exchange something of substance to the benefit of both sides.",
        Quad.MATERIAL_COOPERATION,
    )
    AID = (
        "aid",
        "Aid",
        "An actor gives money, goods, arms, rescue or asylum that chiefly benefits the recipient.",
        Quad.MATERIAL_COOPERATION,
    )
    RETREAT = (
        "retreat",
        "Retreat",
        "An actor backs down in deed: it frees captives, pulls out, disarms, opens access or resigns.",
        Quad.MATERIAL_COOPERATION,
    )
    REQUEST = (
        "request",
        "Request",
        "An actor asks, urges, demands or orders, without threatening serious consequences.",
        Quad.VERBAL_CONFLICT,
    )
    ACCUSE = (
        "accuse",
        "Accuse",
        "An actor criticises, condemns, charges, sues or investigates another.",
        Quad.VERBAL_CONFLICT,
    )
    REJECT = (
        "reject",
        "Reject",
        "An actor turns down a proposal, a demand, a meeting or a request.",
        Quad.VERBAL_CONFLICT,
    )
    THREATEN = (
        "threaten",
        "Threaten",
        "An actor announces harm or another grave consequence in order to sway someone.",
        Quad.VERBAL_CONFLICT,
    )
    PROTEST = (
        "protest",
        "Protest",
        "Civilians show dissent together: they rally, strike, boycott, block or riot.",
        Quad.MATERIAL_CONFLICT,
    )
    SANCTION = (
        "sanction",
        "Sanction",
        "An actor cuts back normal or friendly relations, by formal sanctions or in any other way.",
        Quad.MATERIAL_CONFLICT,
    )
    MOBILIZE = (
        "mobilize",
        "Mobilize",
        "An actor moves, readies or displays troops, police or weapons without using them.",
        Quad.MATERIAL_CONFLICT,
    )
    COERCE = (
        "coerce",
        "Coerce",
        "An actor represses, restricts or pressures others with its power, short of physical violence.",
        Quad.MATERIAL_CONFLICT,
    )
    ASSAULT = (
        "assault",
        "Assault",
        "An actor deliberately uses force that can do serious physical harm.",
        Quad.MATERIAL_CONFLICT,
    )
    OTHER = (
        "other",
        "Other",
        "Something that no PLOVER type covers, such as a famine, a market crash or an economic reform.",
    )

    @property
    def source(self) -> Source:
        """The origin of the term: PLOVER, except for `other`."""
        return "local" if self == "other" else "plover"


MUTUAL: frozenset[EventType] = frozenset({EventType.CONSULT, EventType.AGREE, EventType.COOPERATE})
"""The types in which those who act do so with each other."""


def types_of(quads: list[Quad]) -> list[EventType]:
    """The event types in any of the quads."""
    return [event_type for event_type in EventType if quad_of(event_type) in quads]


def quad_of(event_type: EventType) -> Quad | None:
    """The PLOVER quad of an event type; None for `other`."""
    return Quad(event_type.parents[0]) if event_type.parents else None
