"""Terms for documents: types of passages, and methods of analysis."""

from .base import Vocabulary


class PassageType(Vocabulary):
    """The type of a passage."""

    HEADING = ("heading", "Heading", "A title, a series line or the heading of a section.")
    PARAGRAPH = ("paragraph", "Paragraph", "A block of running text.")
    LIST_ITEM = ("list_item", "List item", "One entry of a list.")
    CAPTION = ("caption", "Caption", "The words that belong to a picture, chart or table.")
    FOOTNOTE = ("footnote", "Footnote", "A note or reference set apart from the text.")
    BOILERPLATE = ("boilerplate", "Boilerplate", "Page furniture that is no part of the text, such as a stray link.")


class AnalysisMethod(Vocabulary):
    """The method of an analysis."""

    HUMAN = ("human", "Human", "People made the analysis.")
    MACHINE = ("machine", "Machine", "Software made the analysis.")
    MIXED = ("mixed", "Mixed", "People and software made the analysis together.")
