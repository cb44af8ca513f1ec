"""A text that grows by sentences, and quotes from it."""

from dataclasses import dataclass
from typing import Any

_SENTENCES = 7
"""Number of sentences per paragraph."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text: its words, its passage, and its offset in the passage."""

    words: str
    passage: int
    start: int


class Prose:
    """A heading and paragraphs. Each is a passage, numbered by its line."""

    def __init__(self, heading: str) -> None:
        self._passages = [heading]
        self._left = 0

    def add(self, words: str) -> Sentence:
        """Capitalise a sentence and append it to the text."""
        words = words[0].upper() + words[1:]
        if not self._left:
            self._passages.append("")
            self._left = _SENTENCES
        self._left -= 1
        start = len(self._passages[-1])
        self._passages[-1] += f"{words} "
        return Sentence(words, len(self._passages), start)

    def quote(self, sentence: Sentence, words: str = "", *supports: str) -> dict[str, Any]:
        """Quote words of a sentence, or all of it, as bundles do, with the number of the occurrence."""
        words = words or sentence.words
        at = sentence.start + sentence.words.index(words)
        before = self._passages[sentence.passage - 1].count(words, 0, at + len(words) - 1)
        return {"exact": words, "passage": sentence.passage, "occurrence": before + 1, "supports": list(supports)}

    @property
    def text(self) -> str:
        """The text so far."""
        return "\n".join(passage.rstrip() for passage in self._passages)
