"""(a) The limit: an ASGI app that does nothing but send the same bytes, or a 304 to those who have them."""

from starlette.types import Message, Receive, Scope, Send

from tests.bench.contenders.answers import Answer, kept

_NOT_IN_304 = {b"content-length", b"content-type", b"link"}


def _messages(answer: Answer) -> tuple[Message, Message]:
    start = {"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)}
    return start, {"type": "http.response.body", "body": answer.body}


def _not_modified(answer: Answer) -> Answer:
    return Answer(304, tuple(header for header in answer.headers if header[0] not in _NOT_IN_304), b"")


_kept = {path.encode(): answer for path, answer in kept().items()}
_answers = {path: _messages(answer) for path, answer in _kept.items()}
_known = {(path, answer.etag): _messages(_not_modified(answer)) for path, answer in _kept.items()}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what was kept for the path and the query."""
    if scope["type"] != "http":
        return
    path = scope["raw_path"]
    if scope["query_string"]:
        path += b"?" + scope["query_string"]
    messages = _answers[path]
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            messages = _known[path, value]
    await send(messages[0])
    await send(messages[1])
