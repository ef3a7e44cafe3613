from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest

from keyshelf.layout.media import media_hash
from keyshelf.media.keys import tokens
from keyshelf.media.keys.values import PlaybackTokenError, PlaybackTokenMissingError

KEY = tokens.playback_key(b"a secret of a service")
FILM = media_hash("ab" * 32)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_token_opens_its_media_until_it_ends() -> None:
    token = tokens.mint(KEY, FILM, expires_at=NOW + timedelta(minutes=1))

    assert tokens.verify(KEY, token, FILM, now=NOW) == NOW + timedelta(minutes=1)
    assert tokens.verify(KEY, token, FILM, now=NOW + timedelta(minutes=1))
    with pytest.raises(PlaybackTokenError, match="ended"):
        tokens.verify(KEY, token, FILM, now=NOW + timedelta(seconds=61))


def test_a_token_opens_no_other_media() -> None:
    token = tokens.mint(KEY, FILM, expires_at=NOW)

    with pytest.raises(PlaybackTokenError, match="other media"):
        tokens.verify(KEY, token, media_hash("cd" * 32), now=NOW)


def test_a_token_of_another_service_or_a_changed_one_opens_nothing() -> None:
    token = tokens.mint(KEY, FILM, expires_at=NOW)
    claims, mac = token.split(".")
    later = urlsafe_b64encode(b'{"hash":"%s","exp":99999999999}' % FILM.encode()).decode()
    odd = ["", ".", token[:-1], token + "=", f"{later.rstrip('=')}.{mac}", claims, "é.é", "a" * 600]

    for each in odd:
        with pytest.raises(PlaybackTokenError):
            tokens.verify(KEY, each, FILM, now=NOW)
    with pytest.raises(PlaybackTokenError):
        tokens.verify(tokens.playback_key(b"another secret"), token, FILM, now=NOW)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eA=="}, {"authorization": "x"}])
def test_a_request_without_a_token_is_told_what_it_needs(headers: dict[str, str]) -> None:
    with pytest.raises(PlaybackTokenMissingError, match="Bearer"):
        tokens.from_headers(headers)


def test_the_scheme_is_read_in_any_case() -> None:
    assert tokens.from_headers({"authorization": "bEARER  a.b "}) == "a.b"
