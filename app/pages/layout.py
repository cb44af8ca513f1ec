"""The layout of a graph: a position for each node, by forces between them. The same graph has the same layout.

Positions are complex numbers, the fastest arithmetic of plane vectors in plain Python.
"""

from cmath import phase, rect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from math import copysign, pi, sqrt

Size = tuple[float, float]
"""The width and height of a node with its label."""
Edge = tuple[int, int, float]
"""Two nodes, and the space that their connections take, which is added to their distance."""

Neighbours = dict[int, dict[int, float]]
"""The neighbours of each node, with the space to each."""

_SPACING = 64.0
"""The distance at which attraction and repulsion of two neighbours balance."""
_REACH = 4
"""The distance, in spacings, beyond which nodes hardly repel each other: parts at the rim stay near."""
_PAIRS = 2_000_000
"""The number of pairs of nodes to compare in all, which bounds the time to about a second."""
_STEPS = 250
_STRETCH = 1.6
"""Screens are wider than high, and so are labels."""
_MARGIN = 14.0
"""The minimum distance of two boxes."""
_APART = 40.0
"""The distance of parts that no edge connects."""
_GOLDEN = pi * (3 - sqrt(5))


@lru_cache(64)
def layout(sizes: tuple[Size, ...], edges: tuple[Edge, ...]) -> list[complex]:
    """The centres of nodes, which `edges` connect. Their boxes don't overlap, and all coordinates are positive.

    The cache has few entries, of a few kilobytes each. It needs no revision, because the result depends on the
    arguments only.
    """
    neighbours: Neighbours = {node: {} for node in range(len(sizes))}
    for one, other, space in edges:
        neighbours[one][other] = neighbours[other][one] = space
    centres, frames = [0j] * len(sizes), []
    parts = list(_components(neighbours))
    for part in parts:
        halves = [complex(*sizes[node]) / 2 for node in part]
        at = _separate(_balance(part, neighbours), [sizes[node] for node in part])
        first = _outermost(min, [here - half for here, half in zip(at, halves, strict=True)])
        last = _outermost(max, [here + half for here, half in zip(at, halves, strict=True)])
        frames.append(last - first)
        for node, here in zip(part, at, strict=True):
            centres[node] = here - first
    for part, corner in zip(parts, _packed(frames), strict=True):
        for node in part:
            centres[node] += corner
    return centres


def _outermost(of: Callable[[Iterable[float]], float], points: Sequence[complex]) -> complex:
    return complex(of(point.real for point in points), of(point.imag for point in points))


def _components(neighbours: Neighbours) -> Iterator[list[int]]:
    """The connected parts. Each begins with its best connected node, and goes on by distance from it."""
    reached = set[int]()
    for start in sorted(neighbours, key=lambda node: -len(neighbours[node])):
        if start not in reached:
            part = [start]
            reached.add(start)
            for node in part:  # grows meanwhile
                new = [other for other in neighbours[node] if other not in reached]
                reached.update(new)
                part += new
            yield part


def _balance(part: Sequence[int], neighbours: Neighbours) -> list[complex]:
    """Positions by Fruchterman and Reingold: all nodes repel each other, and edges attract."""
    number = {node: at for at, node in enumerate(part)}
    edges = [(number[a], number[b], space) for a in part for b, space in neighbours[a].items() if a < b]
    at = [rect(_SPACING * sqrt(place), place * _GOLDEN) for place in range(len(part))]  # a spiral
    squared, far = _SPACING**2, (_REACH * _SPACING) ** 2
    steps = min(_STEPS, 2 * _PAIRS // max(1, len(part) ** 2))
    for step in range(steps):
        moves = [0j] * len(at)
        for a, here in enumerate(at):
            push = 0j
            for b in range(a):
                apart = here - at[b]
                distance = apart.real * apart.real + apart.imag * apart.imag + 1e-9
                force = apart * (squared / (distance + distance * distance / far))
                push += force
                moves[b] -= force
            moves[a] += push
        for a, b, space in edges:
            apart = at[a] - at[b]
            distance = abs(apart) + 1e-9
            force = apart * (distance / (_SPACING + space) - (space / distance) ** 2)
            moves[a] -= force
            moves[b] += force
        heat = _SPACING * 2 * (1 - step / steps)
        at = [here + move * min(1.0, heat / (abs(move) + 1e-9)) for here, move in zip(at, moves, strict=True)]
    middle = sum(at) / len(at)
    turn = rect(1, -phase(sum((here - middle) ** 2 for here in at)) / 2)  # the longest axis becomes horizontal
    turned = [(here - middle) * turn for here in at]
    return [complex(here.real * _STRETCH, here.imag) for here in turned]


def _separate(at: list[complex], boxes: Sequence[Size]) -> list[complex]:
    """Move nodes until no boxes overlap: apart where two do, and all apart from time to time."""
    for attempt in count(1):
        lefts = [here.real - width / 2 for here, (width, _) in zip(at, boxes, strict=True)]
        order = sorted(range(len(at)), key=lefts.__getitem__)
        free = True
        for place, a in enumerate(order):
            right = lefts[a] + boxes[a][0] + _MARGIN
            for b in order[place + 1 :]:
                if lefts[b] >= right:
                    break
                apart = at[b] - at[a]
                across = (boxes[a][0] + boxes[b][0]) / 2 + _MARGIN - abs(apart.real)
                along = (boxes[a][1] + boxes[b][1]) / 2 + _MARGIN - abs(apart.imag)
                if across > 0 and along > 0:
                    free = False
                    if across < along:
                        move = complex(copysign(across / 2 + 0.5, apart.real))
                    else:
                        move = complex(0, copysign(along / 2 + 0.5, apart.imag))
                    at[a] -= move
                    at[b] += move
        if free:
            break
        if attempt % 8 == 0:
            at = [here * 1.1 for here in at]
    return at


def _packed(frames: Sequence[complex]) -> list[complex]:
    """The corners of frames in rows: the highest first, in about the shape of a screen."""
    area = sum(frame.real * frame.imag for frame in frames)
    most = max([sqrt(area) * _STRETCH, *(frame.real for frame in frames)])
    corners = [0j] * len(frames)
    x = y = row = 0.0
    for number in sorted(range(len(frames)), key=lambda number: -frames[number].imag):
        if x and x + frames[number].real > most:
            x, y, row = 0.0, y + row + _APART, 0.0
        corners[number] = complex(x, y)
        x, row = x + frames[number].real + _APART, max(row, frames[number].imag)
    return corners
