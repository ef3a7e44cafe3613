"""A page of a folder over the API: of files that nobody reads, and of pictures with their links.

    .venv/bin/python -m benchmarks.lists_shown [--rounds N]

Each page has 500 rows, as many as one may have; a row of a picture carries what a look told of it
and two signed addresses. The processor time is that of the service, without the database's.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import anyio
import httpx2
import psycopg

from benchmarks.images import keyshelf
from keyshelf.database.embedded import EmbeddedPostgres

ROWS = 500
PAGES = 4
"""At a time: the system counts processor time in hundredths of a second."""

PLANT = """
WITH planted AS (
    INSERT INTO files
        (s3_key, filename, mimetype, owner_id, parent_id, size, search_name, sort_name,
            content_hash)
    SELECT folder.s3_key || name, name, %(mimetype)s, folder.owner_id, folder.id, 1000, name, name,
        CASE WHEN %(pictures)s THEN hash END
    FROM files AS folder, generate_series(1, %(rows)s) AS number,
        LATERAL (SELECT 'IMG_' || lpad(number::text, 6, '0') || %(suffix)s) AS named (name),
        LATERAL (SELECT encode(sha256(name::bytea), 'hex')) AS hashed (hash)
    WHERE folder.id = %(folder)s RETURNING content_hash, s3_key, owner_id
), looked_at AS (
    INSERT INTO media_assets (hash, owner_id, source_key, kind, mimetype, size, width, height,
        orientation, taken_at, thumbhash, dominant_color, inspected_at)
    SELECT content_hash, owner_id, s3_key, 'image', 'image/jpeg', 1000, 6000, 4000, 1,
        '2024-05-01', sha256(content_hash::bytea), 1, now()
    FROM planted WHERE content_hash IS NOT NULL
)
INSERT INTO media_renditions (hash, key, kind, format, size, width, height)
SELECT content_hash, 'images/' || left(content_hash, 2) || '/' || content_hash || '/' || variant
    || '.webp', 'thumbnail', 'webp', 1000, 320, 213
FROM planted, unnest(ARRAY['thumb', 'large']) AS made (variant) WHERE content_hash IS NOT NULL
"""


def plant(database_url: str, folder: str, *, pictures: bool) -> None:
    wanted = {
        "folder": folder,
        "rows": ROWS,
        "pictures": pictures,
        "mimetype": "image/jpeg" if pictures else "application/pdf",
        "suffix": ".jpg" if pictures else ".pdf",
    }
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(PLANT, wanted)
        connection.execute("ANALYZE files, media_assets, media_renditions")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pages(http: httpx2.Client, folder: str, pid: int) -> tuple[float, float, int]:
    """Return the seconds and the service's processor seconds that a page takes, and its bytes."""
    size, began, began_cpu = 0, time.perf_counter(), cpu_seconds(pid)
    for _ in range(PAGES):
        answer = http.get(f"/api/folders/{folder}/children", params={"limit": ROWS})
        size = len(answer.raise_for_status().content)
    seconds, cpu = time.perf_counter() - began, cpu_seconds(pid) - began_cpu
    return seconds / PAGES, cpu / PAGES, size


def measure(folder: Path, database_url: str, rounds: int) -> None:
    with keyshelf(folder, DATABASE_URL=database_url) as ours:
        token = (folder / "data/local-token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        http = httpx2.Client(base_url=ours.url, headers=headers, timeout=60)
        folders: dict[str, str] = {}
        for name in ("other files", "pictures"):
            made = http.post("/api/folders", json={"name": name}).raise_for_status()
            folders[name] = made.json()["folder"]["id"]
            plant(database_url, folders[name], pictures=name == "pictures")
            pages(http, folders[name], ours.pid)
        found = [
            {name: pages(http, each, ours.pid) for name, each in folders.items()}
            for _ in range(rounds)
        ]
    print(f"A page of {ROWS} rows over the API, {rounds * PAGES} of each in turns")
    print(f"{'':20}{'ms':>8}{'CPU ms':>8}{'kB':>8}")
    means: list[float] = []
    for name in folders:
        seconds, cpu, sizes = zip(*(each[name] for each in found), strict=True)
        means.append(statistics.mean(cpu))
        milliseconds = statistics.median(seconds) * 1e3
        print(f"{name:20}{milliseconds:>8.1f}{means[-1] * 1e3:>8.1f}{sizes[0] / 1e3:>8.0f}")
    print(f"a page of pictures takes {means[1] / means[0]:.2f} times the processor time of others")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-") as name:
        server = anyio.run(EmbeddedPostgres.start, Path(name) / "postgres")
        try:
            measure(Path(name), server.url, rounds)
        finally:
            anyio.run(server.stop)


if __name__ == "__main__":
    main()
