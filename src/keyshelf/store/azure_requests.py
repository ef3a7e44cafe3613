"""The requests of Azure's blob service, signed and sent, one method each."""

from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import anyio

from keyshelf.clock import Clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.store import header_text
from keyshelf.store.azure_headers import decode_name
from keyshelf.store.azure_signing import SharedKey, sign_headers
from keyshelf.store.base import ObjectMeta, Part
from keyshelf.store.bodies import SizedBody
from keyshelf.store.cloud_failures import failure
from keyshelf.store.errors import ObjectNotFoundError, StoreUnavailableError
from keyshelf.store.retrying import ATTEMPTS, Retries
from keyshelf.store.s3_xml import parse, text
from keyshelf.store.sigv4 import Address
from keyshelf.store.wire import Answer, Call, Incoming, Wire
from keyshelf.store.wire_reading import header_time

_COPY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class BlobPage:
    """One page of a listing: blobs and folders in order, metadata of each, and what comes next."""

    objects: Sequence[ObjectMeta]
    folders: Sequence[str]
    metadata: Sequence[Mapping[str, str]]
    marker: str | None


class AzureRequests:
    """One container. Every method raises the errors of `cloud_failures`."""

    def __init__(
        self, *, address: Address, container: str, key: SharedKey, clock: Clock, retries: Retries
    ) -> None:
        self.address = address
        self.container = container
        self.key = key
        self._clock = clock
        self.retries = retries
        self._wire = Wire(address.origin, self._sign, retries)

    async def _sign(self, call: Call) -> Mapping[str, str]:
        size = call.body.size if isinstance(call.body, SizedBody) else len(call.body)
        return sign_headers(
            self.key, call.method, call.target, headers=call.headers, size=size, at=self._clock()
        )

    async def send(
        self,
        method: str,
        key: ObjectKey | None = None,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | SizedBody = b"",
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Make a request and return its answer. Raises what a failure of it means."""
        call = Call(method, self.address.target(key, query), headers or {}, body, key)
        answer = await self._wire.send(call, attempts=attempts)
        if answer.status >= 300:
            raise failure(
                answer.status, answer.headers, answer.body, doing=self._doing(method, key)
            )
        return answer

    def _doing(self, method: str, key: ObjectKey | None) -> str:
        return f"{method} {(key or '')[:200]!r} in {self.container!r}"

    @asynccontextmanager
    async def open(self, key: ObjectKey, headers: Mapping[str, str]) -> AsyncGenerator[Incoming]:
        """Begin to read a blob."""
        async with self._wire.open(
            Call("GET", self.address.target(key), headers, key=key)
        ) as incoming:
            if incoming.status >= 300:
                body = await incoming.error_body()
                doing = self._doing("GET", key)
                raise failure(incoming.status, incoming.headers, body, doing=doing)
            yield incoming

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, headers: Mapping[str, str]
    ) -> None:
        """Copy a blob inside the container and wait until the copy is whole."""
        url = f"{self.address.origin}{self.address.target(source)}"
        answer = await self.send("PUT", destination, headers={**headers, "x-ms-copy-source": url})
        pause = 0.05
        with anyio.fail_after(_COPY_SECONDS):
            while answer.headers.get("x-ms-copy-status") == "pending":
                await anyio.sleep(pause)
                pause = min(2 * pause, 5.0)
                answer = await self.send("HEAD", destination)
        if answer.headers.get("x-ms-copy-status") != "success":
            raise StoreUnavailableError(f"the copy to {destination[:200]!r} did not succeed")

    async def is_copy(self, key: ObjectKey, *, of: ObjectKey) -> bool:
        """Say whether a blob is there and was last written as a copy of another."""
        try:
            answer = await self.send("HEAD", key)
        except ObjectNotFoundError:
            return False
        source = answer.headers.get("x-ms-copy-source", "").partition("?")[0]
        is_whole = answer.headers.get("x-ms-copy-status") == "success"
        return is_whole and source.endswith(self.address.target(of))

    async def list_page(
        self, prefix: str, *, delimiter: str | None, marker: str | None, limit: int
    ) -> BlobPage:
        """Return one page of a listing."""
        query = {"restype": "container", "comp": "list", "maxresults": str(limit)}
        query["include"] = "metadata"
        asked = {"prefix": prefix, "delimiter": delimiter, "marker": marker}
        query |= {name: value for name, value in asked.items() if value}
        answer = await self.send("GET", None, query)
        tree = parse(answer.body.removeprefix(b"\xef\xbb\xbf"), "EnumerationResults")
        blobs = tree.findall("Blobs/Blob")
        return BlobPage(
            objects=[_listed(each) for each in blobs],
            folders=[_name(each) for each in tree.iterfind("Blobs/BlobPrefix")],
            metadata=[_listed_metadata(each) for each in blobs],
            marker=text(tree, "NextMarker") or None,
        )

    async def list_blocks(self, key: ObjectKey) -> Sequence[Part]:
        """Return the blocks of a blob, committed or not, as parts by number."""
        query = {"comp": "blocklist", "blocklisttype": "all"}
        answer = await self.send("GET", key, query)
        tree = parse(answer.body.removeprefix(b"\xef\xbb\xbf"), "BlockList")
        found: dict[int, Part] = {}
        for where in ("CommittedBlocks", "UncommittedBlocks"):
            for each in tree.iterfind(f"{where}/Block"):
                part = block_part(block_number(text(each, "Name")), int(text(each, "Size")))
                found[part.number] = part
        return [found[number] for number in sorted(found)]

    async def commit_blocks(
        self, key: ObjectKey, numbers: Sequence[int], headers: Mapping[str, str]
    ) -> None:
        """Make the blob of its blocks; `headers` give it its attributes again."""
        listed = "".join(f"<Latest>{escape(block_id(number))}</Latest>" for number in numbers)
        body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
        await self.send("PUT", key, {"comp": "blocklist"}, headers=headers, body=body)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()


def block_id(number: int) -> str:
    """Return the id of the block that holds a part; all ids of a blob are of one length."""
    return b64encode(f"{number:05}".encode()).decode()


def block_number(name: str) -> int:
    """Return the number of the part that a block holds."""
    return int(b64decode(name))


def block_part(number: int, size: int) -> Part:
    """Return a block as a part. Azure gives blocks no ETag; number and size stand for one."""
    return Part(number=number, etag=f"{number}-{size}", size=size)


def _name(element: ET.Element) -> str:
    child = element.find("Name")
    name = "" if child is None else child.text or ""
    # Names that XML cannot hold are given in percent encoding.
    return unquote(name) if child is not None and child.get("Encoded") == "true" else name


def _listed(element: ET.Element) -> ObjectMeta:
    properties = element.find("Properties")
    if properties is None:
        raise StoreUnavailableError("the store listed a blob without properties")
    inferred = text(properties, "AccessTierInferred") == "true"
    return ObjectMeta(
        key=ObjectKey(_name(element)),
        size=int(text(properties, "Content-Length") or "0"),
        etag=text(properties, "Etag").strip('"'),
        modified_at=header_time(text(properties, "Last-Modified")),
        storage_class=None if inferred else text(properties, "AccessTier") or None,
    )


def _listed_metadata(element: ET.Element) -> Mapping[str, str]:
    found = element.find("Metadata")
    children: Iterator[ET.Element] | Sequence[ET.Element] = () if found is None else iter(found)
    return {
        decode_name(child.tag.lower()): header_text.decode_value(child.text or "")
        for child in children
    }
