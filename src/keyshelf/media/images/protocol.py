"""What a service and the processes that render say to each other.

Each message is four bytes, its length (big endian), and so many bytes of MessagePack.
The process says `READY` once, then answers every request with one reply, in order.
"""

from typing import BinaryIO

import msgspec

from keyshelf.errors import Error
from keyshelf.media.images import failures
from keyshelf.media.images.plans import RenderPlan
from keyshelf.media.images.values import PictureFacts, Rendered

LENGTH_BYTES = 4
READY = bytes(LENGTH_BYTES)
"""A message of no bytes: all libraries are there, and what ends the process is a picture."""
LONGEST_REPLY = 512 * 2**20
"""A longer reply is no picture: whoever sends it does not speak this protocol."""


class RenderRequest(msgspec.Struct, frozen=True, tag="render"):
    """Render a file."""

    path: str
    plan: RenderPlan


class InspectRequest(msgspec.Struct, frozen=True, tag="inspect"):
    """Tell what is in a file."""

    path: str


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why a request was not done."""

    code: str
    detail: str
    facts: dict[str, int | str]


Request = RenderRequest | InspectRequest
Reply = Rendered | PictureFacts | Refusal

_ENCODER = msgspec.msgpack.Encoder()
_REQUESTS = msgspec.msgpack.Decoder(Request)
_REPLIES = msgspec.msgpack.Decoder(Reply)
_REFUSALS: dict[str, type[Error]] = {
    each.code: each
    for each in (
        failures.UnrecognisedImageError,
        failures.UnreadableImageError,
        failures.ImageTooLargeError,
        failures.TooManyFramesError,
        failures.ImageOutputTooLargeError,
        failures.ImageMemoryError,
        failures.RenderBrokenError,
    )
}


def framed(message: Request | Reply) -> bytes:
    """Return a message as it is sent."""
    body = _ENCODER.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def read_request(stream: BinaryIO) -> Request | None:
    """Wait for the next request; None when there will be none."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    return _REQUESTS.decode(stream.read(int.from_bytes(head, "big")))


def decode_reply(body: bytes) -> Reply:
    """Read a reply. Raises `msgspec.MsgspecError` for what is none."""
    return _REPLIES.decode(body)


def refusal_of(error: Error) -> Refusal:
    """Return an error as it is sent; `error_of` makes it again."""
    facts = {
        name: value if isinstance(value, int) else str(value)
        for name, value in error.extras.items()
    }
    return Refusal(error.code, error.detail, facts)


def error_of(refusal: Refusal) -> Error:
    """Return the error that a refusal tells."""
    kind = _REFUSALS.get(refusal.code, failures.UnreadableImageError)
    return kind(refusal.detail, **refusal.facts)
