"""Terms for relationships: types and status."""

from .base import Vocabulary


class RelationshipType(Vocabulary):
    """The type of a relationship."""

    TRADE = ("trade", "Trade", "Subject and object buy from and sell to each other.")
    SUPPLY = ("supply", "Supply", "The subject sells or delivers goods, energy or arms to the object.")
    LABOUR_SUPPLY = ("labour_supply", "Labour supply", "The subject provides workers who work in or for the object.")
    INVESTMENT = ("investment", "Investment", "The subject puts capital into the object.")
    SUBSIDY = ("subsidy", "Subsidy", "The subject supports the object with money, or with prices below the market's.")
    PATRONAGE = ("patronage", "Patronage", "The subject protects and sustains the object, who is its client.")
    DEPENDENCE = ("dependence", "Dependence", "The subject needs the object and would suffer without it.")
    ALLIANCE = ("alliance", "Alliance", "Subject and object have bound themselves to stand by each other.")
    PARTNERSHIP = ("partnership", "Partnership", "Subject and object cooperate lastingly without being allies.")
    DIPLOMATIC = ("diplomatic", "Diplomatic relations", "Subject and object keep up official relations.")
    RIVALRY = ("rivalry", "Rivalry", "Subject and object are lasting opponents.")
    MEMBERSHIP = ("membership", "Membership", "The subject is a member of the object.")
    LEADERSHIP = ("leadership", "Leadership", "The subject leads, heads or rules the object.")
    EMPLOYMENT = ("employment", "Employment", "The subject works for the object or holds a post in it.")
    REPRESENTATION = ("representation", "Representation", "The subject speaks or acts officially for the object.")
    OWNERSHIP = ("ownership", "Ownership", "The subject owns or controls the object.")
    SUCCESSION = ("succession", "Succession", "The subject came after the object and took its place.")
    KINSHIP = ("kinship", "Kinship", "Subject and object belong to one family.")


SYMMETRIC: frozenset[RelationshipType] = frozenset(
    map(RelationshipType, ("trade", "alliance", "partnership", "diplomatic", "rivalry", "kinship"))
)
"""The types in which subject and object are interchangeable."""


class RelationshipStatus(Vocabulary):
    """The status of a relationship when its document is written."""

    CURRENT = ("current", "Current", "The tie exists at the time of writing.")
    FORMER = ("former", "Former", "The tie existed at an earlier time, and the text does not say that it still does.")
    PROSPECTIVE = ("prospective", "Prospective", "The tie is sought, expected or thought possible.")
