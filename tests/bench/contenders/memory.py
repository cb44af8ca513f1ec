"""(b) The least that FastAPI can do: routes that send the same bytes from memory."""

from fastapi import FastAPI, Request, Response

from tests.bench.contenders.answers import kept

app = FastAPI(openapi_url=None)
_answers = {
    path: (answer.body, {name.decode(): value.decode() for name, value in answer.headers})
    for path, answer in kept().items()
}


def _answer(path: str) -> Response:
    body, headers = _answers[path]
    return Response(body, headers=headers)


@app.get("/v1/events")
async def events(request: Request, cursor: str | None = None) -> Response:
    """A page of events."""
    return _answer(f"/v1/events?{request.url.query}" if request.url.query else "/v1/events")


@app.get("/v1/events/{id}")
async def event(id: str) -> Response:
    """One event."""
    return _answer(f"/v1/events/{id}")


@app.get("/v1/search")
async def search(request: Request, q: str) -> Response:
    """What has some words."""
    return _answer(f"/v1/search?{request.url.query}")
