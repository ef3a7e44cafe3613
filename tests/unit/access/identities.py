"""Identities that tests act as."""

from keyshelf.access.identity import ALL_SCOPES, Credential, Identity, Scope, identity_id


def somebody(
    identity: str = "ann",
    *,
    scopes: frozenset[Scope] = ALL_SCOPES,
    is_admin: bool = False,
    credential: Credential = "session",
    csrf_binding: bytes | None = b"cookie of ann",
) -> Identity:
    return Identity(
        id=identity_id(identity),
        name=identity.title(),
        email=f"{identity}@example.org",
        is_admin=is_admin,
        scopes=scopes,
        credential=credential,
        csrf_binding=csrf_binding,
    )
