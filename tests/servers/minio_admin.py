"""What MinIO is told about replication before a bucket may have rules of it.

S3 copies as a role; MinIO copies to a *remote target*, which its own admin API makes. Its
bodies are encrypted under the administrator's secret: argon2id, then AES-GCM in fragments, of
which ours is the only and the last.
"""

import json
import os
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx2
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.store.sigv4 import Address, Credentials, Signer
from tests.patience import PATIENCE
from tests.servers.s3 import S3Server

_ARGON2ID_AES_GCM, _LAST = b"\x00", b"\x80"


def replicate(server: S3Server, bucket: str, to: S3Server, copies: str) -> str:
    """Let a bucket be copied to another server's, and return the ARN that its rules name."""
    target = {
        "sourcebucket": bucket,
        "endpoint": urlsplit(to.endpoint).netloc,
        "credentials": {"accessKey": to.access_key, "secretKey": to.secret_key},
        "targetbucket": copies,
        "secure": False,
        "type": "replication",
        "region": to.region,
    }
    path = f"/minio/admin/v3/set-remote-target?bucket={bucket}"
    body = _encrypted(server.secret_key, json.dumps(target).encode())
    keys = Credentials(server.access_key, server.secret_key)
    address = Address.of(server.endpoint, bucket, path_style=True)
    signer = Signer(keys, region=server.region, address=address)
    headers = signer.sign_headers("PUT", path, at=datetime.now(UTC), headers={})
    answer = httpx2.put(f"{server.endpoint}{path}", headers=headers, content=body, timeout=PATIENCE)
    answer.raise_for_status()
    return str(answer.json())


def _encrypted(secret: str, data: bytes) -> bytes:
    salt, nonce = os.urandom(32), os.urandom(8)
    key = hash_secret_raw(
        secret.encode(),
        salt,
        time_cost=1,
        memory_cost=64 * 1024,
        parallelism=4,
        hash_len=32,
        type=Type.ID,
    )
    cipher = AESGCM(key)
    head = cipher.encrypt(nonce + (0).to_bytes(4, "little"), b"", b"")
    sealed = cipher.encrypt(nonce + (1).to_bytes(4, "little"), data, _LAST + head)
    return salt + _ARGON2ID_AES_GCM + nonce + sealed
