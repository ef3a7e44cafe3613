"""Frames: how chunks and manifests are stored, compressed and encrypted.

The format is in `docs/reference/stored-formats-repositories.md`.
"""

import struct
import threading
from dataclasses import dataclass
from enum import IntEnum

from backports import zstd
from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.errors import IntegrityError, UnauthenticatedError
from keyshelf.repositories.formats.ids import NO_KEY_ID, Keys, Octets

MAGIC = b"KSHF"
VERSION = 1
HEADER = struct.Struct("<4sBBBBI8s")
MAX_CONTENT = {1: 256 * 1024, 2: 1024 * 1024}
DEFAULT_LEVEL = 3
_VECTOR_BYTES, _NONCE_BYTES, _TAG_BYTES, _AES_KEY_BYTES = 32, 12, 16, 32
_WORTH = 0.97  # what compression must bring the content down to, to be kept
_local = threading.local()


class FrameType(IntEnum):
    """What a frame holds."""

    CHUNK = 1
    MANIFEST = 2


class Codec(IntEnum):
    """How the content of a frame is compressed."""

    NONE = 0
    ZSTD = 1


class Suite(IntEnum):
    """How the payload of a frame is encrypted."""

    NONE = 0
    AES_256_GCM = 1


class DamagedFrameError(IntegrityError):
    """A stored object is not the frame that was written; the detail names it and says why."""

    code = "damaged-frame"


class WrongKeyError(UnauthenticatedError):
    """An object is encrypted, and the repository is not unlocked. Give its passphrase or key."""

    code = "wrong-repository-key"


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a frame says of itself without any key."""

    type: FrameType
    codec: Codec
    suite: Suite
    size: int
    """Bytes of content before compression."""
    key_id: bytes

    @property
    def overhead(self) -> int:
        """Bytes of the frame beside its compressed content."""
        sealing = 0 if self.suite is Suite.NONE else _VECTOR_BYTES + _TAG_BYTES
        return HEADER.size + sealing


def seal(
    content: Octets,
    *,
    type: FrameType,  # noqa: A002 -- the field's name in the format
    digest: bytes,
    keys: Keys | None,
    level: int = DEFAULT_LEVEL,
) -> bytes:
    """Return the frame of `content`, whose id or hash is `digest`.

    Equal input gives equal output, on every machine with the same Zstandard. Raises
    `ValueError` when the content is larger than its type allows.
    """
    size = memoryview(content).nbytes
    if size > MAX_CONTENT[type]:
        raise ValueError(f"a {type.name.lower()} holds at most {MAX_CONTENT[type]} bytes")
    codec, payload = _compress(content, size, level)
    suite = Suite.NONE if keys is None else Suite.AES_256_GCM
    key_id = NO_KEY_ID if keys is None else keys.key_id
    header = HEADER.pack(MAGIC, VERSION, type, codec, suite, size, key_id)
    if keys is None:
        return b"".join((header, payload))
    bound = header + digest
    vector = blake3(bound, key=keys.vector).update(payload).digest()
    cipher, nonce = _cipher(keys, vector)
    return b"".join((header, vector, cipher.encrypt(nonce, payload, bound)))


def read_header(frame: Octets) -> FrameHeader:
    """Read what a frame says of itself. Raises `DamagedFrameError`."""
    view = memoryview(frame)
    if view.nbytes < HEADER.size:
        raise DamagedFrameError(f"it is cut short: {view.nbytes} bytes")
    magic, version, kind, codec, suite, size, key_id = HEADER.unpack_from(view)
    if magic != MAGIC:
        raise DamagedFrameError("it does not begin as a frame does")
    if version != VERSION:
        raise DamagedFrameError(f"its version is {version}, and only {VERSION} is known")
    try:
        header = FrameHeader(FrameType(kind), Codec(codec), Suite(suite), size, key_id)
    except ValueError as error:
        raise DamagedFrameError(f"its header says what is unknown: {error}") from error
    if size > MAX_CONTENT[kind]:
        raise DamagedFrameError(f"it claims {size} bytes of content")
    if (header.suite is Suite.NONE) != (key_id == NO_KEY_ID):
        raise DamagedFrameError("its header says that it is encrypted, and that it is not")
    return header


def open_frame(
    frame: Octets,
    *,
    type: FrameType,  # noqa: A002 -- the field's name in the format
    digest: bytes,
    keys: Keys | None,
) -> bytes:
    """Return the content of a frame. The caller compares its id with `digest`.

    Raises `DamagedFrameError`, or `WrongKeyError` when it is encrypted and `keys` is None.
    A repository has one secret for life, so that another's key id is damage.
    """
    header = read_header(frame)
    if header.type is not type:
        raise DamagedFrameError(f"it is a {header.type.name.lower()}")
    body = memoryview(frame)[HEADER.size :]
    if header.suite is not Suite.NONE:
        bound = bytes(memoryview(frame)[: HEADER.size]) + digest
        body = memoryview(_decrypt(header, body, bound, keys))
    elif keys is not None:
        # Whoever can write to the bucket could otherwise put plain content of their own.
        raise DamagedFrameError("it is not encrypted as everything in this repository is")
    content = _decompress(header, body)
    if len(content) != header.size:
        raise DamagedFrameError(f"it holds {len(content)} bytes and says {header.size}")
    return content


def _compress(content: Octets, size: int, level: int) -> tuple[Codec, Octets]:
    compressor = _compressor(level)
    compressor.set_pledged_input_size(size)
    packed = compressor.compress(content, mode=zstd.ZstdCompressor.FLUSH_FRAME)
    return (Codec.ZSTD, packed) if len(packed) <= size * _WORTH else (Codec.NONE, content)


def _compressor(level: int) -> zstd.ZstdCompressor:
    # Making one costs more than compressing a chunk, and one serves one thread at a time.
    compressors: dict[int, zstd.ZstdCompressor] = _local.__dict__.setdefault("compressors", {})
    if level not in compressors:
        compressors[level] = zstd.ZstdCompressor(level=level)
    return compressors[level]


def _decompress(header: FrameHeader, body: memoryview) -> bytes:
    if header.codec is Codec.NONE:
        return bytes(body)
    decompressor = zstd.ZstdDecompressor()
    try:
        claimed = zstd.get_frame_info(body).decompressed_size
        # Only what says its size takes no more memory than that to decompress.
        is_honest = claimed == header.size
        content = decompressor.decompress(body, max_length=header.size + 1) if is_honest else b""
    except zstd.ZstdError as error:
        raise DamagedFrameError(f"it does not decompress: {error}") from error
    if not is_honest:
        raise DamagedFrameError("its compressed content is of another size than its header says")
    if not decompressor.eof or decompressor.unused_data:
        raise DamagedFrameError("its compressed content does not end where it should")
    return content


def _decrypt(header: FrameHeader, body: memoryview, bound: bytes, keys: Keys | None) -> bytes:
    if keys is None:
        raise WrongKeyError("it is encrypted, and the repository is not unlocked")
    if header.key_id != keys.key_id:
        raise DamagedFrameError("it is encrypted with another key than this repository's")
    if body.nbytes < _VECTOR_BYTES + _TAG_BYTES:
        raise DamagedFrameError("it is cut short")
    cipher, nonce = _cipher(keys, bytes(body[:_VECTOR_BYTES]))
    try:
        return cipher.decrypt(nonce, body[_VECTOR_BYTES:], bound)
    except InvalidTag as error:
        raise DamagedFrameError("its bytes were changed") from error


def _cipher(keys: Keys, vector: bytes) -> tuple[AESGCM, bytes]:
    """Return the cipher and the nonce that belong to a synthetic vector, and to no other."""
    both = blake3(vector, key=keys.encryption).digest(length=_AES_KEY_BYTES + _NONCE_BYTES)
    return AESGCM(both[:_AES_KEY_BYTES]), both[_AES_KEY_BYTES:]
