"""Terms for events: modality, roles, votes, relations and outcomes."""

from .base import Vocabulary


class Modality(Vocabulary):
    """The reality of something, as the text presents it."""

    ACTUAL = ("actual", "Actual", "It happened, or is the case.")
    HABITUAL = ("habitual", "Habitual", "It happens again and again, or goes on as a practice.")
    PLANNED = ("planned", "Planned", "Somebody intends, proposes or promises it, and it has yet to happen.")
    HYPOTHETICAL = ("hypothetical", "Hypothetical", "It is imagined, expected or held to be possible.")
    NEGATED = ("negated", "Negated", "The text says that it did not happen, or is not the case.")


class ParticipantRole(Vocabulary):
    """The role of an actor in an event."""

    ACTOR = ("actor", "Actor", "It does what is done; those who meet or act as equals all have this role.")
    RECIPIENT = ("recipient", "Recipient", "It is whom the act is directed at.")
    HOST = ("host", "Host", "The event takes place on its premises or at its invitation.")
    AFFECTED = ("affected", "Affected", "It bears the consequences without being addressed.")
    VOTER = ("voter", "Voter", "It votes, for or against, or abstains.")


class Position(Vocabulary):
    """The vote of a participant of an event."""

    VOTED_FOR = ("voted_for", "Voted for", "It voted in favour.")
    VOTED_AGAINST = ("voted_against", "Voted against", "It voted no.")
    ABSTAINED = ("abstained", "Abstained", "It was present and took neither side.")


class Relation(Vocabulary):
    """The relation of an event to another record."""

    PART_OF = ("part_of", "Part of", "The event is one part or stage of the related one.")
    FOLLOWS = ("follows", "Follows", "The event comes after the related one, and the text claims no cause.")
    CAUSES = ("causes", "Causes", "The event brings about the related one.")
    CAUSED_BY = ("caused_by", "Caused by", "The event is a consequence of the related one.")
    ENABLES = ("enables", "Enables", "The event makes the related one possible or easier.")
    PREVENTS = ("prevents", "Prevents", "The event stands in the way of the related one.")
    RESPONDS_TO = ("responds_to", "Responds to", "The event is somebody's deliberate answer to the related one.")
    ESTABLISHES = ("establishes", "Establishes", "The event creates or adopts the related sanction or tie.")
    IMPLEMENTS = ("implements", "Implements", "The event carries out the related sanction, plan or pledge.")
    WEAKENS = ("weakens", "Weakens", "The event makes the related sanction milder, or overlooks or ignores it.")
    VIOLATES = ("violates", "Violates", "The event breaks the rule or promise that is the related record.")
    ENDS = ("ends", "Ends", "The event brings the related sanction, tie or event to an end.")
    REPORTED_IN = ("reported_in", "Reported in", "The related statement or document tells of the event.")


class OutcomeStatus(Vocabulary):
    """The outcome of the goal of an event."""

    MET = ("met", "Met", "The goal was reached.")
    PARTLY = ("partly", "Partly met", "The goal was reached in part.")
    MISSED = ("missed", "Missed", "The goal was not reached.")
    UNKNOWN = ("unknown", "Unknown", "The text tells what followed, but not whether the goal was reached.")
