"""Where work on media waits."""

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import media_hash
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.work.kinds import kind_of
from keyshelf.media.work.values import MediaType, Work


@pytest.mark.parametrize(
    ("media_type", "size", "queue"),
    [
        (MediaType.COVER, 2**20, "small"),
        (MediaType.COVER, 2**28, "reading"),
        (MediaType.PREVIEW, 2**36, "reading"),
        (MediaType.TRANSCODE, 2**20, "large"),
        (MediaType.FULL, 2**36, "large"),
    ],
)
def test_short_work_on_a_large_source_waits_for_none_but_its_like(
    media_type: MediaType, size: int, queue: str
) -> None:
    version = SourceVersion("etag", size)
    work = Work(media_type, media_hash("film"), ObjectKey("anna/film.mp4"), version, {})

    assert kind_of(work).queue == queue
