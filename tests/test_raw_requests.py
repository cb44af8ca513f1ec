"""Requests that no client should send, as bytes on a socket: never a 5xx, a second response, or unbounded memory."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.factories.requests import CASES, SMUGGLED, SMUGGLING, random_request
from tests.services.api import get
from tests.services.databases import Databases
from tests.services.processes import Service, started

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

CLIENT_SECONDS = 2
TOGETHER = 50
"""Connections at a time."""
MAX_GROWTH_MB = 60
STATUS = re.compile(rb"HTTP/1\.1 (\d\d\d) ")


@pytest.fixture(scope="module")
def service(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {"DOSSIER_DATABASE_URL": databases.seeded, "DOSSIER_CLIENT_SECONDS": str(CLIENT_SECONDS)}
    with started(settings, tmp_path_factory.mktemp("raw") / "log") as service:
        service.ready()
        yield service


def exchanged(service: Service, requests: list[bytes]) -> list[bytes]:
    """What the service sends on a connection of its own for each request, until it closes the connection."""
    address = urlsplit(service.url)
    places = asyncio.Semaphore(TOGETHER)

    async def one(content: bytes) -> bytes:
        async with places:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)

            async def send() -> None:
                writer.write(content)
                await writer.drain()

            sending, received = asyncio.create_task(send()), bytearray()
            try:
                async with asyncio.timeout(10 * CLIENT_SECONDS):
                    while part := await reader.read(65_536):
                        received += part
            except ConnectionResetError:
                pass
            finally:
                sending.cancel()
                writer.transport.abort()
                await asyncio.gather(sending, return_exceptions=True)
            return bytes(received)

    async def every() -> list[bytes]:
        return await asyncio.gather(*map(one, requests))

    return asyncio.run(every())


def statuses(answer: bytes) -> list[int]:
    """The status of each response."""
    return [int(status) for status in STATUS.findall(answer)]


@pytest.fixture(scope="module")
def answers(service: Service) -> dict[str, bytes]:
    """The answer to each case."""
    get(f"{service.url}/v1/actors/russia")
    before = service.memory_mb()
    found = dict(zip(CASES, exchanged(service, [*CASES.values()]), strict=True))
    assert service.memory_mb() - before < MAX_GROWTH_MB
    return found


@pytest.mark.parametrize("case", CASES)
def test_an_odd_request_gets_an_answer_or_none(answers: dict[str, bytes], case: str) -> None:
    answer = answers[case]
    assert {status for status in statuses(answer) if not 200 <= status < 500} <= {100}
    assert not answer or answer.startswith(b"HTTP/1.1 ")
    assert b"Traceback" not in answer
    assert b"X-Injected" not in answer.partition(b"\r\n\r\n")[0]
    assert b"root:x:0" not in answer


@pytest.mark.parametrize("case", SMUGGLING)
def test_no_request_is_smuggled_in_another(answers: dict[str, bytes], service: Service, case: str) -> None:
    answer = answers[f"smuggled: {case}"]
    assert len(statuses(answer)) == 1
    assert b"/v1/actors/smuggled" not in answer


def test_many_requests_in_one_piece_are_answered_in_order(answers: dict[str, bytes]) -> None:
    assert statuses(answers["1,000 requests in one piece"]) == [200] * 1_001


def test_random_requests_do_no_harm(
    service: Service, scaled: Callable[[int, int], int], figure: Callable[[str, str], None]
) -> None:
    number = scaled(500, 10_000)
    before = service.memory_mb()
    found = exchanged(service, [random_request(each) for each in range(number)])
    counted = Counter(status for answer in found for status in statuses(answer))
    assert [status for status in counted if not (200 <= status < 500 or status == 100)] == []
    assert counted[200] > number // 20
    assert counted[400] > number // 20
    grown = service.memory_mb() - before
    assert grown < MAX_GROWTH_MB
    assert get(f"{service.url}/healthz").status_code == 200
    figure("odd and damaged requests", f"{len(CASES)} + {number:,}: 0 × 5xx, 0 smuggled, memory {grown:+.0f} MB")


def test_the_log_has_no_traceback(service: Service, answers: dict[str, bytes]) -> None:
    log = service.log.read_text("utf-8", "replace")
    assert "Traceback" not in log
    assert SMUGGLED.split()[1].decode() not in log
    assert not re.findall(r'"status":5\d\d', log)
