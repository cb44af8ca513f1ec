"""Terms for actors."""

from .base import Vocabulary


class ActorType(Vocabulary):
    """The type of an actor."""

    STATE = ("state", "State", "A country acting as one, present or past, also when its capital is named for it.")
    PERSON = ("person", "Person", "One human being, named or not.")
    PARTY = ("party", "Party", "A political party.")
    BODY = (
        "body",
        "Body",
        "An organ of a state or an international organisation, such as a ministry, parliament or council.",
    )
    INTERNATIONAL_ORGANISATION = (
        "international_organisation",
        "International organisation",
        "An organisation whose members are states, such as the United Nations.",
    )
    OUTLET = ("outlet", "Outlet", "A newspaper, broadcaster, news agency or other medium that publishes.")
    COMPANY = ("company", "Company", "A business that trades in its own name, private or owned by a state.")
    ORGANISATION = (
        "organisation",
        "Organisation",
        "An association, institute, union or charity that is neither an organ of a state nor a company.",
    )
    GROUP = (
        "group",
        "Group",
        "People or states spoken of together that are not one organisation, such as workers or elites.",
    )
