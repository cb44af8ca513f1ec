"""Terms for statements: types and stances."""

from .base import Vocabulary


class StatementType(Vocabulary):
    """The type of a statement."""

    QUOTE = ("quote", "Quote", "Somebody's own words, when no narrower type fits.")
    REPORT = ("report", "Report", "What somebody said, retold in other words, when no narrower type fits.")
    READOUT = ("readout", "Readout", "A party's official account of a meeting or a call.")
    EDITORIAL = ("editorial", "Editorial", "A medium or an institution speaks in its own voice.")
    DEMAND = ("demand", "Demand", "Somebody calls on others to do or stop something.")
    PLEDGE = ("pledge", "Pledge", "Somebody commits to a goal or a course of action.")
    WARNING = ("warning", "Warning", "Somebody points to a danger or a bad consequence.")
    HEADLINE = (
        "headline",
        "Headline",
        "A title or catchphrase in the news, attributed to the press at large or to one medium.",
    )


class Stance(Vocabulary):
    """The attitude that a statement takes toward something."""

    SUPPORTIVE = ("supportive", "Supportive", "It approves, backs or favours it.")
    CRITICAL = ("critical", "Critical", "It disapproves, opposes or faults it.")
    NEUTRAL = ("neutral", "Neutral", "It speaks of it without taking sides.")
