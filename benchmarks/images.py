"""Pictures over HTTP beside sharp and imgproxy, bytes beside nginx; a hundred who ask for one.

    .venv/bin/python -m benchmarks.images [--rounds N]

- a JPEG of 24 million pixels made 512 wide, two asked for at a time, each of them new: from the
  request to the last byte. The others read their source from the disk and keep nothing; Keyshelf
  reads each from its store, keeps what it made, and notes it. Quality and effort are the same;
- a picture that is warm, and one process of nginx with the same bytes as a file (`wrk`);
- a large file whole, one reader, through `/original` and through nginx.

All in turns. What is not installed is not measured: Node.js with npm (sharp), Go with the headers
of libvips (imgproxy), nginx, wrk.
"""

import argparse
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import httpx2

from benchmarks import images_imgproxy
from benchmarks import images_peers as peers
from keyshelf.delivery import key_ring
from keyshelf.delivery.key_ring import KeyRing
from keyshelf.delivery.url_signatures import Domain, sign
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, PutOptions
from keyshelf.store.disk import DiskStore
from tests.servers.process import free_port

FORMATS = ("jpg", "webp", "avif")
SETTINGS = """All with the same settings: jpg of quality 80 with Huffman tables of its own, webp of
quality 80 and effort 4, avif of quality 50 and effort 3, all 4:2:0; a thread a picture"""
AIMS = {"sharp": 1.0}
PER_ROUND = 6
AT_ONCE = 2
LARGE_BYTES = 512 * 2**20
ASKERS = 100
WARM_SECONDS = 2
SIDES = (6000, 4000)

PICTURE = """
import sys, pyvips
width, height = {sides}
def noise(cell):
    return pyvips.Image.perlin(width, height, cell_size=cell)

grain = pyvips.Image.gaussnoise(width, height, sigma=4)
detail = noise(400) * 60 + noise(90) * 40 + noise(30) * 40 + grain + 120
bands = [detail + noise(500) * each for each in (50, 30, 40)]
picture = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")
picture.jpegsave(sys.argv[1], Q=88)
"""


@dataclass(frozen=True)
class Ours:
    """A service that serves, and what signs its addresses."""

    url: str
    admin_url: str
    ring: KeyRing
    pid: int

    def address(self, text: str, domain: Domain = "img") -> str:
        return f"{self.url}/{domain}/{sign(self.ring, domain, text)}/{quote(text)}"

    def renders(self) -> int:
        told = httpx2.get(f"{self.admin_url}/metrics").text
        found = re.search(r'pictures_served_total\{layer="render"\} ([0-9.]+)', told)
        return round(float(found[1])) if found else 0


@contextmanager
def keyshelf(folder: Path, **settings: str) -> Generator[Ours]:
    """Serve a fresh Keyshelf with everything embedded, if `settings` do not say otherwise."""
    port, admin_port, key = free_port(), free_port(), secrets.token_hex(32)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "KEYSHELF_DATA": str(folder / "data"),
        "KEYSHELF_PORT": str(port),
        "KEYSHELF_ADMIN_PORT": str(admin_port),
        "KEYSHELF_URL_KEYS": f"bench:{key}",
        "KEYSHELF_LOG_LEVEL": "warning",
        **settings,
    }
    ring = key_ring.of_one("bench", bytes.fromhex(key))
    program = Path(sys.executable).parent / "keyshelf"
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        [program, "serve"], env=environment, stdout=nowhere, stderr=nowhere
    ) as server:
        ours = Ours(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}", ring, server.pid)
        try:
            until_answers(f"{ours.url}/healthz", server)
            yield ours
        finally:
            server.terminate()


def until_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the service ended")
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the service does not answer")


def seconds_of(urls: Sequence[str]) -> float:
    """Return how long it takes to get all of some addresses, two at a time."""
    with httpx2.Client(timeout=120) as http, ThreadPoolExecutor(AT_ONCE) as threads:
        began = time.perf_counter()
        for answer in threads.map(http.get, urls):
            answer.raise_for_status()
        return time.perf_counter() - began


def in_turns(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Return the medians of both, and of how many times theirs ours is, round by round."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return (
        statistics.median(mine for mine, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(mine / other for mine, other in pairs),
    )


def row(what: str, ours: str, theirs: str, ratio: float, aim: float | None) -> None:
    verdict = ""
    if aim is not None:
        verdict = f"   aim {aim:.1f}, {'reached' if ratio >= aim else 'MISSED'}"
    print(f"{what:34}{ours:>16}{theirs:>16}{ratio:>9.2f}{verdict}")


def not_measured(what: str, why: str) -> None:
    print(f"{what:34}NOT MEASURED: {why}")


def fresh_pictures(store: Path, picture: Path, count: int, name: str) -> list[ObjectKey]:
    """Put copies of a picture into the source store, each under a key of its own."""
    keys = [ObjectKey(f"shared/{name} {number}.jpg") for number in range(count)]

    async def put() -> None:
        disk = DiskStore(store)
        for key in keys:
            await disk.put(key, picture.read_bytes(), PutOptions(Attributes("image/jpeg")))
        await disk.aclose()

    anyio.run(put)
    return keys


def measure_renders(ours: Ours, folder: Path, picture: Path, rounds: int) -> None:
    print(SETTINGS)
    rivals = {
        "sharp": peers.sharp(folder / "sharp", picture),
        "imgproxy": images_imgproxy.serving(picture),
    }
    for name, rival in rivals.items():
        try:
            with rival as address:
                for extension in FORMATS:
                    count, named = PER_ROUND * (rounds + 1), f"{name} {extension}"
                    keys = fresh_pictures(folder / "data/stores/source", picture, count, named)
                    left = [ours.address(f"w512/{key}.{extension}") for key in keys]
                    rates = measure_misses(left, address(extension), rounds)
                    what = f"24 MP to 512 px {extension}, {name}"
                    row(what, f"{rates[0]:.1f}/s", f"{rates[1]:.1f}/s", rates[2], AIMS.get(name))
        except peers.NotHereError as error:
            not_measured(f"24 MP to 512 px, beside {name}", str(error))


def measure_misses(left: list[str], their_url: str, rounds: int) -> tuple[float, float, float]:
    def mine() -> float:
        return PER_ROUND / seconds_of([left.pop() for _ in range(PER_ROUND)])

    def theirs() -> float:
        return PER_ROUND / seconds_of([their_url] * PER_ROUND)

    for warm_up in (mine, theirs):  # processes and files are warm
        warm_up()
    return in_turns(mine, theirs, rounds)


def measure_warm(ours: Ours, folder: Path, picture: Path, rounds: int) -> None:
    what = "a warm picture, requests"
    key = fresh_pictures(folder / "data/stores/source", picture, 1, "warm")[0]
    address = ours.address(f"w512/{key}.jpg")
    body = httpx2.get(address).raise_for_status().content
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files/warm.jpg").write_bytes(body)
    wrk = shutil.which("wrk")
    with peers.nginx(folder / "nginx", folder / "files") as nginx:
        if nginx is None or wrk is None:
            not_measured(what, "nginx and wrk are needed")
            return

        def rate(url: str) -> float:
            words = [wrk, "-t1", "-c8", f"-d{WARM_SECONDS}s", url]
            told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            assert "Non-2xx" not in told, told
            return float(re.findall(r"Requests/sec:\s+([0-9.]+)", told)[0])

        rates = in_turns(lambda: rate(address), lambda: rate(f"{nginx}/warm.jpg"), rounds)
    size = f"{what} ({len(body) / 1000:.0f} kB)"
    row(size, f"{rates[0]:,.0f}/s", f"{rates[1]:,.0f}/s", rates[2], 0.3)


def measure_large(ours: Ours, folder: Path, rounds: int) -> None:
    what = f"a file of {LARGE_BYTES // 2**20} MiB, whole"
    key = ObjectKey("shared/large.mp4")

    async def put() -> None:
        disk = DiskStore(folder / "data/stores/source")
        await disk.put(key, bytes(LARGE_BYTES), PutOptions(Attributes("video/mp4")))
        await disk.aclose()

    anyio.run(put)
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files/large.mp4").write_bytes(bytes(LARGE_BYTES))
    address = ours.address(key, "original")
    with peers.nginx(folder / "nginx-large", folder / "files") as nginx:
        if nginx is None:
            not_measured(what, "nginx is needed")
            return
        rates = in_turns(
            lambda: bytes_a_second(address), lambda: bytes_a_second(f"{nginx}/large.mp4"), rounds
        )
    row(what, f"{rates[0] / 1e9:.2f} GB/s", f"{rates[1] / 1e9:.2f} GB/s", rates[2], 0.7)


def bytes_a_second(url: str) -> float:
    """Return how quickly a plain reader gets a body of `LARGE_BYTES`."""
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    space = memoryview(bytearray(2**20))
    received = 0
    began = time.perf_counter()
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
        connection.sendall(request.encode())
        while count := connection.recv_into(space):
            received += count
    seconds = time.perf_counter() - began
    assert received > LARGE_BYTES, "the body was not whole"
    return LARGE_BYTES / seconds


def measure_one_miss(ours: Ours, folder: Path, picture: Path) -> None:
    key = fresh_pictures(folder / "data/stores/source", picture, 1, "one")[0]
    address, before = ours.address(f"w512/{key}.webp"), ours.renders()
    limits = httpx2.Limits(max_connections=ASKERS)
    with httpx2.Client(timeout=120, limits=limits) as http, ThreadPoolExecutor(ASKERS) as threads:
        bodies = {answer.content for answer in threads.map(http.get, [address] * ASKERS)}
    renders = ours.renders() - before
    verdict = "reached" if renders == len(bodies) == 1 else "MISSED"
    print(f"{f'{ASKERS} who ask for one new picture':34}{renders:>9} render   aim 1, {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-")))
        (folder / "pictures").mkdir()
        picture = folder / "pictures/source.jpg"
        subprocess.run(
            [sys.executable, "-c", PICTURE.format(sides=SIDES), str(picture)], check=True
        )
        ours = held.enter_context(keyshelf(folder))
        size = picture.stat().st_size / 1e6
        print(
            f"A picture of {SIDES[0]} x {SIDES[1]} pixels, {size:.1f} MB; {rounds} rounds in turns"
        )
        print(f"{'':34}{'keyshelf':>16}{'the other':>16}{'times':>9}")
        measure_renders(ours, folder, picture, rounds)
        measure_warm(ours, folder, picture, rounds)
        measure_large(ours, folder, rounds)
        measure_one_miss(ours, folder, picture)


if __name__ == "__main__":
    main()
