"""Responses without a body: HEAD and 304."""

from starlette.types import Message, Send


class BodyNotSent(Exception):
    """Raised by `send`, to stop the app from producing the rest of a body that is not sent."""


def without_body(send: Send) -> Send:
    """Send the response with an empty body. Raise BodyNotSent if the app sends more."""
    ended = False

    async def send_head(message: Message) -> None:
        nonlocal ended
        if ended:
            raise BodyNotSent
        if message["type"] == "http.response.body":
            ended, message = True, {"type": "http.response.body", "body": b""}
        await send(message)

    return send_head
