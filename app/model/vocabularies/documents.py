"""Terms for documents: types of passages, and methods of analysis."""

from .base import Vocabulary


class PassageType(Vocabulary):
    """The type of a passage."""

    HEADING = ("heading", "Heading", "A title, a series line or the heading of a section.")
    PARAGRAPH = ("paragraph", "Paragraph", "A block of running text.")
    LIST_ITEM = ("list_item", "List item", "One entry of a list.")
    TABLE = ("table", "Table", "One row of a table.")
    BLOCK_QUOTE = ("block_quote", "Block quote", "Other people's words, set apart from the text.")
    DATELINE = ("dateline", "Dateline", "The place, the date or the occasion of the text, in a line of their own.")
    SPEAKER = ("speaker", "Speaker", "The name of the person whose words follow, in a line of its own.")
    CAPTION = ("caption", "Caption", "The words that belong to a picture, chart or table.")
    FOOTNOTE = ("footnote", "Footnote", "A note or reference set apart from the text.")
    BOILERPLATE = ("boilerplate", "Boilerplate", "Page furniture that is no part of the text, such as a stray link.")


class AnalysisMethod(Vocabulary):
    """The method of an analysis."""

    HUMAN = ("human", "Human", "People made the analysis.")
    MACHINE = ("machine", "Machine", "Software made the analysis.")
    MIXED = ("mixed", "Mixed", "People and software made the analysis together.")
