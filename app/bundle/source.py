"""A bundle, read: the text, the analysis, and which line of the file says what."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from app.bundle.format import Bundle, _Bundle
from app.suggest import explain

ANALYSIS_FILE = "analysis.yaml"
TEXT_FILE = "document.txt"

_KEPT = 3_000_000
"""Characters of text of the bundles that are kept: with their analyses, some 100 MB."""

Location = tuple[str | int, ...]
"""Where in the analysis: keys and indexes from the top."""


@dataclass(frozen=True, order=True)
class BundleProblem:
    """Something wrong with a bundle: the file, the line (0: no line of it), and what would be right."""

    file: str
    line: int
    detail: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.detail}"


class BundleRejected(Exception):
    """A load that was refused whole, with every problem found."""

    def __init__(self, problems: list[BundleProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class _Constructor(RoundTripConstructor):
    """Reads an unquoted 2022-03-22 as the text it is."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda constructor, node: node.value)


class Source:
    """A bundle: `text` and `bundle`, and the lines of the file that has the analysis.

    It is a folder with `document.txt` and `analysis.yaml`, or a `.json` file with both, as the service gives them out.
    Raises BundleRejected where a file is missing, is not UTF-8, YAML or JSON, or does not have the format.
    """

    def __init__(self, path: Path) -> None:
        problems: list[BundleProblem] = []
        self.document, self.analysis = (
            (path, path) if path.suffix == ".json" else (path / TEXT_FILE, path / ANALYSIS_FILE)
        )
        self._content = self._read(self.analysis, problems)
        self.text = self._read(self.document, problems)
        if problems:
            raise BundleRejected(problems)
        self.digest = hashlib.sha256(f"{self._content}\0{self.text}".encode()).digest()
        """Of what the files hold."""
        if path.suffix == ".json":
            self.text, tree = self._take_apart(self._content)
            self._content = ""
        else:
            tree = _json(self._content) or self._tree
        self.bundle = self._validate(tree)

    @cached_property
    def _tree(self) -> Any:
        """The analysis with the lines where all of it stands; of a JSON file, nothing."""
        return self._parse(self._content)

    def problem(self, location: Location, detail: str) -> BundleProblem:
        """A problem with what stands at `location`."""
        spot = "/".join(map(str, location))
        return BundleProblem(str(self.analysis), self.line(location), f"{spot}: {detail}" if spot else detail)

    def line(self, location: Location) -> int:
        """The line where `location` begins, or the nearest thing around it that exists; of JSON, always the first."""
        line = 1
        try:
            node: Any = self._tree
        except BundleRejected:  # JSON that is no YAML
            return line
        for step in location:
            try:
                mark = node.lc.item(step) if hasattr(node, "append") else node.lc.key(step)
                node, line = node[step], mark[0] + 1
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line

    def _read(self, path: Path, problems: list[BundleProblem]) -> str:
        try:
            content = path.read_bytes()
        except OSError as error:
            problems.append(
                BundleProblem(
                    str(path),
                    1,
                    f"cannot be read: {error.strerror}; a bundle is a folder with {TEXT_FILE} and {ANALYSIS_FILE}",
                )
            )
            return ""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problems.append(BundleProblem(str(path), line, f"byte {error.start} is not UTF-8; save the file as UTF-8"))
            return ""
        if "\0" in text:
            problems.append(
                BundleProblem(str(path), text[: text.index("\0")].count("\n") + 1, "holds a NUL character; remove it")
            )
        return text

    def _take_apart(self, content: str) -> tuple[str, Any]:
        """The text and the analysis in a JSON file."""
        try:
            submitted = orjson.loads(content)
            text, analysis = str(submitted["text"]), submitted["analysis"]
        except (orjson.JSONDecodeError, LookupError, TypeError) as error:
            detail = "is no JSON object with `text` and `analysis`, as `/v1/documents/{id}/bundle` gives it"
            raise BundleRejected([BundleProblem(str(self.analysis), 1, detail)]) from error
        if "\0" in text:
            raise BundleRejected([BundleProblem(str(self.analysis), 1, "text: holds a NUL character; remove it")])
        return text, analysis

    def _parse(self, analysis: str) -> Any:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        try:
            return yaml.load(analysis) or {}
        except YAMLError as error:
            mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
            detail = f"not YAML: {error.problem if isinstance(error, MarkedYAMLError) else error}"
            raise BundleRejected([BundleProblem(str(self.analysis), mark.line + 1 if mark else 1, detail)]) from error

    def _validate(self, tree: Any) -> _Bundle:
        try:
            return Bundle.model_validate(tree)
        except ValidationError as error:
            raise BundleRejected(
                [self.problem(found["loc"], explain(found, Bundle)) for found in error.errors()]
            ) from error


class Bundles:
    """Bundles in files, to go through as often as need be: the first are kept, the others are read anew each time.

    Going through them raises BundleRejected, at the end, with the problems of all that cannot be read.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._kept: dict[Path, Source] = {}
        self._left = _KEPT
        self._digests: dict[Path, bytes] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Source]:
        problems: list[BundleProblem] = []
        for path in self.paths:
            try:
                source = self._kept.get(path) or self._read(path)
            except BundleRejected as error:
                problems += error.problems
            else:
                yield source
        if problems:
            raise BundleRejected(problems)

    def _read(self, path: Path) -> Source:
        source = Source(path)
        if self._digests.setdefault(path, source.digest) != source.digest:
            raise BundleRejected([BundleProblem(str(path), 0, "has changed while it was being loaded; load it again")])
        self._left -= len(source.text)
        if self._left >= 0:
            self._kept[path] = source
        return source


def _json(analysis: str) -> Any:
    """YAML that is JSON as well, which is read some hundred times faster; None where it is not, or is no mapping."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key stands twice")
        return found

    def no_number(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    try:
        tree = json.loads(analysis, object_pairs_hook=unique, parse_constant=no_number)
    except ValueError:
        return None
    return tree if isinstance(tree, dict) else None
