"""Restoring objects over S3's XML protocol.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
"""

from base64 import b64encode
from hashlib import md5

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import NeedsRestoreError, ObjectChangedError
from keyshelf.store.restoring import Availability, RestoreTier
from keyshelf.store.s3_requests import S3Requests


class S3Restores:
    """What is archived in a bucket of S3, or of a server that speaks its protocol."""

    def __init__(self, requests: S3Requests) -> None:
        self._requests = requests

    async def availability(self, key: ObjectKey) -> Availability:
        """Say whether an object can be read; see `ColdStore`."""
        headers = (await self._requests.send("HEAD", key)).headers
        found = self._requests.meta(key, headers)
        said = headers.get("x-amz-restore", "")
        return Availability(
            found.size,
            found.storage_class,
            is_being_restored='ongoing-request="true"' in said,
            is_restored='ongoing-request="false"' in said,
        )

    async def request(self, key: ObjectKey, *, tier: RestoreTier, days: int) -> None:
        """Ask for an object to be restored; see `ColdStore`."""
        body = (
            '<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Days>{days}</Days>"
            f"<GlacierJobParameters><Tier>{tier.capitalize()}</Tier></GlacierJobParameters>"
            "</RestoreRequest>"
        ).encode()
        digest = b64encode(md5(body, usedforsecurity=False).digest()).decode()
        headers = {"content-md5": digest, "content-type": "application/xml"}
        try:
            await self._requests.send("POST", key, {"restore": ""}, headers=headers, body=body)
        except ObjectChangedError as error:
            # Somebody else has asked, or we have and did not hear the answer.
            if error.extras.get("store_code") != "RestoreAlreadyInProgress":
                raise
        except NeedsRestoreError:
            # So S3 says of an object that is not in such a class any more: it can be read.
            return

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()
