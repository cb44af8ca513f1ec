"""Contender (a), the upper limit: a bare ASGI app that sends stored responses, or 304 if the entity tag matches."""

from starlette.types import Message, Receive, Scope, Send

from tests.bench.contenders.answers import Answer, stored

_NOT_IN_304 = {b"content-length", b"content-type", b"link"}


def _messages(answer: Answer) -> tuple[Message, Message]:
    start = {"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)}
    return start, {"type": "http.response.body", "body": answer.body}


def _not_modified(answer: Answer) -> Answer:
    return Answer(304, tuple(header for header in answer.headers if header[0] not in _NOT_IN_304), b"")


_stored = {path.encode(): answer for path, answer in stored().items()}
_responses = {path: _messages(answer) for path, answer in _stored.items()}
_not_modified_responses = {(path, answer.etag): _messages(_not_modified(answer)) for path, answer in _stored.items()}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the stored response for the path and query."""
    if scope["type"] != "http":
        return
    path = scope["raw_path"]
    if scope["query_string"]:
        path += b"?" + scope["query_string"]
    messages = _responses[path]
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            messages = _not_modified_responses[path, value]
    await send(messages[0])
    await send(messages[1])
