"""A bundle, read: the text, the analysis, and which line of the file says what."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import orjson
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from app.advice import explain
from app.bundle.format import Bundle, _Bundle

ANALYSIS = "analysis.yaml"
DOCUMENT = "document.txt"

Location = tuple[str | int, ...]
"""Where in the analysis: keys and indexes from the top."""


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong with a bundle: the file, the line (0: no line of it), and what would be right."""

    file: str
    line: int
    detail: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.detail}"


class BundleRejected(Exception):
    """A load that was refused whole, with every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
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
        problems: list[Problem] = []
        self.document, self.analysis = (path, path) if path.suffix == ".json" else (path / DOCUMENT, path / ANALYSIS)
        content = self._read(self.analysis, problems)
        self.text = self._read(self.document, problems)
        if problems:
            raise BundleRejected(problems)
        self._tree: Any
        if path.suffix == ".json":
            self.text, self._tree = self._take_apart(content)
        else:
            self._tree = self._parse(content)
        self.bundle = self._validate()

    def problem(self, location: Location, detail: str) -> Problem:
        """A problem with what stands at `location`."""
        spot = "/".join(map(str, location))
        return Problem(str(self.analysis), self.line(location), f"{spot}: {detail}" if spot else detail)

    def line(self, location: Location) -> int:
        """The line where `location` begins, or the nearest thing around it that exists; of JSON, always the first."""
        node: Any = self._tree
        line = 1
        for step in location:
            try:
                mark = node.lc.item(step) if hasattr(node, "append") else node.lc.key(step)
                node, line = node[step], mark[0] + 1
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line

    def _read(self, path: Path, problems: list[Problem]) -> str:
        try:
            content = path.read_bytes()
        except OSError as error:
            problems.append(
                Problem(
                    str(path),
                    1,
                    f"cannot be read: {error.strerror}; a bundle is a folder with {DOCUMENT} and {ANALYSIS}",
                )
            )
            return ""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problems.append(Problem(str(path), line, f"byte {error.start} is not UTF-8; save the file as UTF-8"))
            return ""
        if "\0" in text:
            problems.append(
                Problem(str(path), text[: text.index("\0")].count("\n") + 1, "holds a NUL character; remove it")
            )
        return text

    def _take_apart(self, content: str) -> tuple[str, Any]:
        """The text and the analysis in a JSON file."""
        try:
            submitted = orjson.loads(content)
            text, analysis = str(submitted["text"]), submitted["analysis"]
        except (orjson.JSONDecodeError, LookupError, TypeError) as error:
            detail = "is no JSON object with `text` and `analysis`, as `/v1/documents/{id}/bundle` gives it"
            raise BundleRejected([Problem(str(self.analysis), 1, detail)]) from error
        if "\0" in text:
            raise BundleRejected([Problem(str(self.analysis), 1, "text: holds a NUL character; remove it")])
        return text, analysis

    def _parse(self, analysis: str) -> Any:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        try:
            return yaml.load(analysis) or {}
        except YAMLError as error:
            mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
            detail = f"not YAML: {error.problem if isinstance(error, MarkedYAMLError) else error}"
            raise BundleRejected([Problem(str(self.analysis), mark.line + 1 if mark else 1, detail)]) from error

    def _validate(self) -> _Bundle:
        try:
            return Bundle.model_validate(self._tree)
        except ValidationError as error:
            raise BundleRejected(
                [
                    self.problem(found["loc"], explain(found, _fields_at(Bundle, found["loc"][:-1])))
                    for found in error.errors()
                ]
            ) from error


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """The fields of the model that stands at `location`."""
    current: type[BaseModel] = model
    for step in location:
        if isinstance(step, str) and step in current.model_fields:
            inner = next(_models_in(current.model_fields[step].annotation), None)
            if inner is None:
                return []
            current = inner
    return list(current.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
