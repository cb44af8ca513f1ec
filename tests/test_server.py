"""Bytes on the wire: cached responses, pipelined requests, connections that are kept or closed."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.services.api import get
from tests.services.databases import Databases
from tests.services.serving import serving

PAGE = b"GET /v1/events?limit=200 HTTP/1.1\r\nHost: dossier\r\n"
RECORD = b"GET /v1/actors/russia HTTP/1.1\r\nHost: dossier\r\n"


@pytest.fixture(scope="module")
def wire(databases: Databases) -> Iterator[tuple[str, int]]:
    """The address of a service whose response cache has the responses that are requested here."""
    with serving(databases.seeded, cache_mb=64) as url:
        for _ in range(2):
            for path in ("/v1/events?limit=200", "/v1/actors/russia"):
                assert get(url + path, headers={"Accept-Encoding": "identity"}).status_code == 200
        place = urlsplit(url)
        assert place.hostname
        assert place.port
        yield place.hostname, place.port


def said(wire: tuple[str, int], sent: bytes, answers: int) -> bytes:
    """The bytes received until this many responses are complete, or the connection is closed."""
    with closing(socket.create_connection(wire, timeout=30)) as connection:
        connection.sendall(sent)
        got = b""
        while len(parsed(got)) < answers and (more := connection.recv(2**16)):
            got += more
        return got


def parsed(got: bytes) -> list[tuple[int, dict[bytes, bytes], bytes]]:
    """The status, headers and body of each complete response."""
    answers = []
    while b"\r\n\r\n" in got:
        head, _, rest = got.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in lines)
        length = int(headers.get(b"content-length", 0))
        if len(rest) < length:
            break
        found = re.fullmatch(rb"HTTP/1\.1 (\d{3}) .*", status)
        assert found
        answers.append((int(found[1]), headers, rest[:length]))
        got = rest[length:]
    assert not got or got.startswith(b"HTTP/1.1 "), "there are bytes between responses"
    return answers


def test_a_cached_response_is_the_same_as_the_first(wire: tuple[str, int]) -> None:
    from_memory, anew = (
        parsed(said(wire, RECORD + extra + b"\r\n", 1))[0] for extra in (b"", b"Connection: close\r\n")
    )
    assert anew[1].pop(b"connection") == b"close"
    for answer in (from_memory, anew):
        assert answer[1].pop(b"x-request-id")
        assert re.fullmatch(rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer[1].pop(b"date"))
    assert from_memory == anew
    assert list(from_memory[1]) == list(anew[1]), "the headers have another order"


def test_a_cached_304_is_the_same_as_the_first(databases: Databases) -> None:
    with serving(databases.seeded, cache_mb=64) as url:
        etag = get(f"{url}/v1/actors/russia", headers={"Accept-Encoding": "gzip"}).headers["etag"]
        place = urlsplit(url)
        known = RECORD + b"Accept-Encoding: gzip\r\nIf-None-Match: " + etag.encode() + b"\r\n\r\n"
        answers = [parsed(said((str(place.hostname), place.port or 0), known, 1))[0] for _ in range(3)]
    for _, headers, _ in answers:
        assert headers.pop(b"x-request-id")
        assert headers.pop(b"date")
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0][0], answers[0][2], answers[0][1][b"etag"]) == (304, b"", etag.encode())


def test_pipelined_requests_are_answered_in_order(wire: tuple[str, int]) -> None:
    unknown = b"GET /v1/actors/nobody HTTP/1.1\r\nHost: dossier\r\n"
    asked = [RECORD, PAGE, unknown, RECORD, b"GET /v1/graph HTTP/1.1\r\nHost: dossier\r\n", PAGE, unknown, RECORD] * 20
    sent = b"".join(b"%bX-Request-ID: number-%d\r\n\r\n" % (one, at) for at, one in enumerate(asked))
    answers = parsed(said(wire, sent, len(asked)))
    assert [headers[b"x-request-id"] for _, headers, _ in answers] == [b"number-%d" % at for at in range(len(asked))]
    assert [status for status, _, _ in answers] == [404 if one == unknown else 200 for one in asked]


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /v1/actors/russia HTTP/1.0\r\nHost: dossier\r\n\r\n",
        RECORD + b"Connection: close\r\n\r\n",
        RECORD + b"Expect: 100-continue\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_connection_that_is_to_be_closed_is_closed(wire: tuple[str, int], request_head: bytes) -> None:
    [(status, headers, body)] = parsed(said(wire, request_head, 2))
    assert status == 200
    assert headers[b"connection"] == b"close"
    assert len(body) == int(headers[b"content-length"]) > 0


def test_an_unexpected_request_body_does_no_harm(wire: tuple[str, int]) -> None:
    sent = RECORD + b"Content-Length: 5\r\n\r\nhello" + RECORD + b"\r\n"
    assert [status for status, _, _ in parsed(said(wire, sent, 2))] == [200, 200]


def test_a_slow_reader_gets_everything(wire: tuple[str, int]) -> None:
    number = 100
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(wire)
        connection.sendall((PAGE + b"\r\n") * (number - 1) + PAGE + b"Connection: close\r\n\r\n")
        answers = parsed(b"".join(iter(lambda: connection.recv(2**16), b"")))
    assert len(answers) == number
    assert len({body for _, _, body in answers}) == 1


@pytest.mark.parametrize(("method", "status"), [(b"HEAD", b"200"), (b"POST", b"405"), (b"OPTIONS", b"204")])
def test_only_get_is_answered_from_the_cache(wire: tuple[str, int], method: bytes, status: bytes) -> None:
    head, _, body = said(wire, RECORD.replace(b"GET", method) + b"Connection: close\r\n\r\n", 9).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status)
    assert bool(body) == (method == b"POST")
