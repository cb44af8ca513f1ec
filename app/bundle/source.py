"""A bundle read from files: its text, its analysis, and the line on which each part of the analysis begins."""

import hashlib
import json
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, NoReturn

import orjson
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import RoundTripConstructor

from app.bundle.anchoring import DocumentText
from app.bundle.format import Bundle, _Bundle
from app.bundle.matching import code_points
from app.bundle.notation import RepeatedKey, Uncommon, cut_short, parse
from app.bundle.repair import ROUNDS, copied, repair
from app.bundle.shorthand import Location, Shorthand
from app.model.shape import CONTROLS, control
from app.suggest import explain, shown

ANALYSIS_FILE = "analysis.yaml"
TEXT_FILE = "document.txt"

_CACHED_CHARACTERS = 3_000_000
"""Limit on the text of the bundles kept in memory; with their analyses they take some 100 MB."""

_SEPARATOR = re.compile("[\x85\u2028\u2029]")
"""Characters that end a line for some programs and not for others."""
_UNQUOTED = re.compile(r"mapping values|expected (?:','|':'|<block end>)|character '[^\\]")
"""The errors of YAML for words that need quotes around them."""
_MAX_BYTES = 8_000_000
"""Limit on a file."""
_MAX_CHARACTERS = 2_000_000
"""Limit on a text, some 600 pages, and on an analysis in YAML, which takes up to a minute and 1 GB to read."""
_MAX_VALUES = 250_000
"""Limit on the values of an analysis, some fifty times those of the seed's. A mistake in each takes 400 MB."""
_MAX_DEPTH = 20
"""Limit on the nesting of an analysis. The format needs 8 levels."""
_DEEP = f"more than {_MAX_DEPTH} levels of nesting; docs/bundles.md has the keys of an analysis"
_MAX_ERRORS = 20_000
"""Limit on the values with a wrong format. One in the defaults of a kind counts for each of its records."""
_COMMENT = "which begins a comment; put the words in quotes, or write a space after it"
MAX_PROBLEMS = 1_000
"""Limit on the problems that are listed for a bundle."""
_MAX_MESSAGE = 1_000
"""Limit on the characters of a message."""


@dataclass(frozen=True, order=True)
class BundleProblem:
    """A mistake in a bundle: the file, the line (0: the whole file), and the correction.

    Written as one line, without characters that control a terminal.
    """

    file: str
    line: int
    detail: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        message = f"{place}: {self.detail}"[:_MAX_MESSAGE]
        return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in message)


class BundleRejected(Exception):
    """Raised with all problems of a load, which changes nothing then, and with its warnings."""

    def __init__(self, problems: list[BundleProblem], warnings: Sequence[BundleProblem] = ()) -> None:
        self.problems = sorted(set(problems))
        self.warnings = sorted({*warnings} - {*problems})
        super().__init__("\n".join(map(str, self.problems)))


class _Constructor(RoundTripConstructor):
    """Reads an unquoted 2022-03-22 as text, not as a date."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda constructor, node: node.value)


class _Composer(Composer):
    """Refuses aliases, with which a few bytes stand for gigabytes, tags, which make other types, and deep nesting."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if event.anchor is not None:
            problem = "anchors and aliases are not supported; write the value itself"
        elif getattr(event, "ctag", None) is not None:
            problem = "tags are not supported; write the value without its tag"
        elif self.depth >= _MAX_DEPTH:
            problem = _DEEP
        else:
            return super().compose_node(parent, index)
        raise ComposerError(problem=problem, problem_mark=event.start_mark)


class Source:
    """A bundle as submitted: `text`, `analysis` verbatim, and the analysis parsed as `bundle`, in its full form.

    `problems` has what does not have the format of an analysis. In `bundle`, other values take its place, so that the
    rest can be checked. In the text, each line end is `\\n`, and there is no byte order mark.
    The path is a folder with `document.txt` and `analysis.yaml`, or a `.json` file with `text` and `analysis`.
    Raises BundleRejected if a file is missing, is no regular file inside the folder, is too large, is not UTF-8, YAML
    or JSON, or is not like an analysis at all.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix == ".json":
            self.text_file = self.analysis_file = str(path)
            [content] = _read(path)
            self.text, self.analysis = self._members(content)
        else:
            self.text_file, self.analysis_file = str(path / TEXT_FILE), str(path / ANALYSIS_FILE)
            self.analysis, self.text = _read(path / ANALYSIS_FILE, path / TEXT_FILE)
        self.text = self._lines(self.text)
        self._check_characters()
        self.digest = hashlib.sha256(f"{self.analysis}\0{self.text}".encode()).digest()
        parsed = _parse_json(self.analysis)
        tree = parsed or self._tree
        self._check_size(tree)
        written = Shorthand(tree, self.text)
        self._check_size(written.tree)
        self.warnings = [
            BundleProblem(self.analysis_file, line, f"{shown(words)!r} ends before ` #`, {_COMMENT}")
            for line, words in islice(cut_short("" if parsed else self.analysis.removeprefix("\ufeff")), MAX_PROBLEMS)
        ]
        self._origins = written.origins
        self._faults: dict[Location, BundleProblem] = {}
        self.bundle = self._validate(written)
        self.problems = sorted({*self._faults.values()})
        if "document_text" in vars(written):
            self.document_text = written.document_text

    @cached_property
    def document_text(self) -> DocumentText:
        """The text with its passages and sentences."""
        return DocumentText(self.text, self.bundle.document.language, self.bundle.passages)

    def _reject(self, detail: str, line: int = 0) -> NoReturn:
        raise BundleRejected([BundleProblem(self.analysis_file, line, detail)])

    def _check_characters(self) -> None:
        """Check the length of the text, and that neither part has control characters."""
        problems = [
            BundleProblem(file, content.count("\n", 0, found.start()) + 1, control(found))
            for file, content in ((self.analysis_file, self.analysis), (self.text_file, self.text))
            if (found := CONTROLS.search(content))
        ]
        if len(self.text) > _MAX_CHARACTERS:
            problems.append(
                BundleProblem(self.text_file, 0, f"has {len(self.text)} characters; at most {_MAX_CHARACTERS}")
            )
        if problems:
            raise BundleRejected(problems)

    def _check_size(self, tree: Any) -> None:
        """Check the number of values in the analysis, and their nesting."""
        level, values = [tree], 0
        for _ in range(_MAX_DEPTH):
            values += len(level)
            parts = (
                node.values() if isinstance(node, dict) else node for node in level if isinstance(node, dict | list)
            )
            level = [*islice(chain.from_iterable(parts), _MAX_VALUES + 1)]
            if values > _MAX_VALUES:
                self._reject(f"more than {_MAX_VALUES} values; divide the document into several bundles")
        if level:
            self._reject(_DEEP)

    @cached_property
    def _tree(self) -> Any:
        """The analysis with line numbers. ruamel.yaml reads what libyaml doesn't, and tells what is wrong."""
        if len(self.analysis) > _MAX_CHARACTERS:
            self._reject(f"more than {_MAX_CHARACTERS} characters of YAML; write it as JSON")
        try:
            return parse(self.analysis.removeprefix("\ufeff")) or {}
        except RepeatedKey as error:
            self._reject(str(error), error.line)
        except Uncommon:
            pass  # ruamel.yaml reads it, or tells what is wrong
        yaml = YAML(typ="rt")
        yaml.Constructor, yaml.Composer = _Constructor, _Composer
        try:
            return yaml.load(self.analysis) or {}
        except Exception as error:  # for malformed values, ruamel.yaml raises many others than YAMLError
            problem = str(getattr(error, "problem", error)).partition(" with value ")[0]
            mark = getattr(error, "problem_mark", None)
            advice = (
                "; words with `: ` or ` #`, or with a mark at the beginning, need quotes"
                if _UNQUOTED.search(problem)
                else ""
            )
            self._reject(f"not plain YAML: {problem}{advice}", mark.line + 1 if mark else 1)

    def _lines(self, text: str) -> str:
        """The text with `\\n` for each line end, and without a byte order mark."""
        text, problems = unified(text), []
        for character in sorted({*_SEPARATOR.findall(text)}):
            line = text.count("\n", 0, text.index(character)) + 1
            detail = f"contains {code_points(character)} ({text.count(character)}×); end the line there, or remove it"
            problems.append(BundleProblem(self.text_file, line, detail))
        if problems:
            raise BundleRejected(problems)
        return text

    def problem(self, location: Location | int, detail: str) -> BundleProblem:
        """A problem at a location of the full form, or on a line of the text.

        If a value at the location has a wrong format, this is the problem.
        """
        if isinstance(location, int):
            return BundleProblem(self.text_file, location, detail)
        fault = self._fault(location) if len(location) > 1 else None
        return fault or self._problem(location, detail)

    def _fault(self, location: Location) -> BundleProblem | None:
        """The problem of a value with a wrong format at a location, around it, or inside it."""
        return next(
            (
                problem
                for fault, problem in self._faults.items()
                if location[: len(fault)] == fault or fault[: len(location)] == location
            ),
            None,
        )

    def _problem(self, location: Location, detail: str) -> BundleProblem:
        for length in range(len(location), 0, -1):
            if origin := self._origins.get(location[:length]):
                location = (*origin, *location[length:])
                break
        pointer = "/".join(map(str, location))
        return BundleProblem(self.analysis_file, self._line(location), f"{pointer}: {detail}" if pointer else detail)

    def _line(self, location: Location) -> int:
        """The line on which a location begins, or the nearest existing location around it."""
        line = 1
        if "\n" not in self.analysis:  # such as JSON, which ruamel.yaml reads slowly
            return line
        try:
            node = self._marked_tree
            for step in location:
                if hasattr(node, "lines"):
                    line = node.lines[step]
                else:
                    line = (node.lc.item(step) if hasattr(node, "append") else node.lc.key(step))[0] + 1
                node = node[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            pass  # the location does not exist, or there is no tree
        return line

    @cached_property
    def _marked_tree(self) -> Any:
        """The analysis with line numbers; None if it is JSON that is not YAML, or too long."""
        try:
            return self._tree
        except BundleRejected:
            return None

    def _members(self, content: str) -> tuple[str, str]:
        """The text and the analysis in a JSON file; an analysis that is an object becomes its JSON text."""
        try:
            submitted = orjson.loads(content)
        except orjson.JSONDecodeError:
            submitted = None
        match submitted:
            case {"text": str(text), "analysis": str(analysis)}:
                self.analysis_file += "#/analysis"  # its lines are those of the string, not of the file
            case {"text": str(text), "analysis": tree}:
                self._check_size(tree)  # orjson writes 254 levels at most
                analysis = orjson.dumps(tree).decode()
            case _:
                detail = "is not a JSON object with `text` and `analysis`, the format of `/v1/documents/{id}/bundle`"
                self._reject(detail, 1)
        return text, analysis

    def _validate(self, written: Shorthand) -> _Bundle:
        """The bundle; wrong values are replaced."""
        for location, detail in written.problems:
            self._faults[location] = self._problem(location, detail)
        tree, tried = written.tree, Counter[Location]()
        for _ in range(ROUNDS):
            try:
                return Bundle.model_validate(tree)
            except ValidationError as error:
                if error.error_count() > _MAX_ERRORS:  # to list them takes 1 GB for each million
                    self._reject(f"{error.error_count()} mistakes; docs/bundles.md has the keys of an analysis")
                mistakes = error.errors()
            for mistake in mistakes:
                location = mistake["loc"]
                if not self._fault(location):
                    self._faults[location] = self._problem(location, explain(mistake, Bundle, defined=True))
            tree = tree if tried else copied(tree)
            if len({*self._faults.values()}) > MAX_PROBLEMS or not repair(tree, mistakes, tried):
                break
        raise BundleRejected([*self._faults.values()])


class Bundles:
    """Bundles in files, for several iterations. The first are kept in memory, the others are read again each time.

    An iteration ends with BundleRejected if bundles could not be read, with the problems of all of them.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._cache: dict[Path, Source] = {}
        self._free = _CACHED_CHARACTERS
        self._digests: dict[Path, bytes] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Source]:
        problems: list[BundleProblem] = []
        for path in self.paths:
            try:
                source = self._cache.get(path) or self._read(path)
            except BundleRejected as error:
                problems += error.problems
            else:
                yield source
        if problems:
            raise BundleRejected(problems)

    def _read(self, path: Path) -> Source:
        source = Source(path)
        if self._digests.setdefault(path, source.digest) != source.digest:
            raise BundleRejected([BundleProblem(str(path), 0, "changed during loading; load it again")])
        self._free -= len(source.text)
        if self._free >= 0:
            self._cache[path] = source
        return source


def _read(*files: Path) -> list[str]:
    """The contents of some files. Raises BundleRejected with the problems of all of them."""
    contents, problems = [], []
    for file in files:
        content, line, detail = b"", 1, ""
        try:
            content = content_of(file)
            contents.append(content.decode())
        except OSError as error:
            reason = error.strerror or error
            detail = f"cannot be read: {reason}; a bundle is a folder with {TEXT_FILE} and {ANALYSIS_FILE}"
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            detail = f"byte {error.start} is not UTF-8; save the file as UTF-8"
        if detail:
            problems.append(BundleProblem(str(file), line, detail))
    if problems:
        raise BundleRejected(problems)
    return contents


def unified(text: str) -> str:
    """A text with `\\n` for each line end, and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def content_of(file: Path) -> bytes:
    """The content of a file. Raises OSError, also for a device, for a link out of the folder, and for a large file."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError("not a regular file")
    if not file.resolve().is_relative_to(file.parent.resolve()):
        raise OSError("a link to a file outside the folder")
    with file.open("rb") as opened:
        content = opened.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise OSError(f"more than {_MAX_BYTES} bytes")
    return content


def _parse_json(analysis: str) -> Any:
    """Parse an analysis as JSON, which is some hundred times faster than YAML; None if it is not a JSON object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("duplicate key")
        return found

    def not_json(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    try:
        tree = json.loads(analysis, object_pairs_hook=unique, parse_constant=not_json)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None
