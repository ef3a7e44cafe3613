"""Many chunks in one body, on their way through a service.

Sent, each is the 32 bytes of its id, the length of its frame in 4 bytes (little-endian), and
the frame. Given, each is the length and the frame, in the order of the question.
"""

import struct
from collections.abc import AsyncIterable, Iterable, Sequence

from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import MOST_CHUNKS
from keyshelf.repositories.formats.frame import MAX_CONTENT, FrameType

MOST_FRAME_BYTES = MAX_CONTENT[FrameType.CHUNK] + 128
"""No frame of a chunk is larger."""
NOTHING = 2**32 - 1
"""The length that is given of a chunk whose object is gone; no frame follows."""
_SENT = struct.Struct("<32sI")
_GIVEN = struct.Struct("<I")


class IllegalRecordsError(InvalidInputError):
    """A body is not a list of chunks: the detail says what is wrong with it."""

    code = "illegal-chunk-records"


def sent(chunk: ChunkId, framed: bytes) -> bytes:
    """Return the record in which a chunk is sent."""
    return _SENT.pack(bytes.fromhex(chunk), len(framed)) + framed


async def read_sent(pieces: AsyncIterable[bytes]) -> dict[ChunkId, bytes]:
    """Return the frames that are sent, unverified: 1 to 1,000, each of another chunk.

    Raises `IllegalRecordsError`, without reading on.
    """
    buffer, frames = bytearray(), dict[ChunkId, bytes]()
    async for piece in pieces:
        buffer += piece
        del buffer[: _take_whole(buffer, frames)]
    if buffer or not frames:
        raise IllegalRecordsError("the body ends within a chunk" if buffer else "the body is empty")
    return frames


def given(frames: Iterable[bytes | None]) -> bytes:
    """Return records in which chunks are given; None is one whose object is gone."""
    parts: list[bytes] = []
    for framed in frames:
        parts.append(_GIVEN.pack(NOTHING if framed is None else len(framed)))
        parts.append(framed or b"")
    return b"".join(parts)


def read_given(body: bytes, count: int) -> Sequence[bytes | None]:
    """Return so many frames that are given, unverified. Raises `IllegalRecordsError`."""
    frames: list[bytes | None] = []
    start = 0
    for _ in range(count):
        if len(body) - start < _GIVEN.size:
            raise IllegalRecordsError("the body ends early")
        (length,) = _GIVEN.unpack_from(body, start)
        start += _GIVEN.size
        frames.append(None if length == NOTHING else body[start : start + length])
        start += 0 if length == NOTHING else length
    if start != len(body):
        raise IllegalRecordsError("the body does not end with its last chunk")
    return frames


def _take_whole(buffer: bytearray, frames: dict[ChunkId, bytes]) -> int:
    """Take the records that are there whole, and return how many bytes they are."""
    start = 0
    while len(buffer) - start >= _SENT.size:
        name, length = _SENT.unpack_from(buffer, start)
        if length > MOST_FRAME_BYTES:
            raise IllegalRecordsError(f"no chunk is stored as {length} bytes")
        end = start + _SENT.size + length
        if end > len(buffer):
            break
        chunk = ChunkId(name.hex())
        if chunk in frames:
            raise IllegalRecordsError(f"the chunk {chunk} is sent twice")
        if len(frames) == MOST_CHUNKS:
            raise IllegalRecordsError(f"more than {MOST_CHUNKS} chunks are sent")
        frames[chunk] = bytes(buffer[start + _SENT.size : end])
        start = end
    return start
