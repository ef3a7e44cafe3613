"""How smoothly the page scrolls: 100,000 rows as a list and as a grid, and large photographs.

    .venv/bin/python -m benchmarks.page_scrolling [rows] [photographs]

Needs Debian's Chromium and the built page (`make up` builds it). An empty page is
measured beside, for what the machine itself takes. The aim is that 95 of 100 frames
take less than 20 ms.
"""

import base64
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import httpx2
import psycopg
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from tests.api.conftest import Program
from tests.planted import PLANT
from tests.served import Served, serve

VIEW: ViewportSize = {"width": 1440, "height": 900}
WHEEL_SECONDS = 4.0
DRAG_STEPS = 150


WATCH = """() => {
    window.watched = { frames: [], long: [] };
    const tasks = new PerformanceObserver((list) => {
        for (const task of list.getEntries()) window.watched.long.push(task.duration);
    });
    tasks.observe({ type: "longtask" });
    let last = 0;
    const onFrame = (now) => {
        if (last) window.watched.frames.push(now - last);
        last = now;
        window.watched.frame = requestAnimationFrame(onFrame);
    };
    window.watched.frame = requestAnimationFrame(onFrame);
    window.watched.stop = () => { cancelAnimationFrame(window.watched.frame); tasks.disconnect(); };
}"""
TAKE = "() => { const { frames, long, stop } = window.watched; stop(); return { frames, long }; }"

# 24 megapixels with the noise of a sensor, about 8 MB.
PHOTOGRAPH = """async (seed) => {
    const canvas = new OffscreenCanvas(6000, 4000);
    const brush = canvas.getContext("2d");
    const sky = brush.createLinearGradient(0, 0, 0, 4000);
    sky.addColorStop(0, `hsl(${seed * 60} 60% 60%)`);
    sky.addColorStop(1, `hsl(${seed * 60 + 80} 50% 20%)`);
    brush.fillStyle = sky;
    brush.fillRect(0, 0, 6000, 4000);
    const pixels = brush.getImageData(0, 0, 6000, 4000);
    let state = seed + 1;
    for (let at = 0; at < pixels.data.length; at += 4) {
        state = (state * 1664525 + 1013904223) >>> 0;
        const grain = (state >>> 27) - 16;
        for (let channel = 0; channel < 3; channel += 1) pixels.data[at + channel] += grain;
    }
    brush.putImageData(pixels, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.88 });
    return new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.split(",")[1]);
        reader.readAsDataURL(blob);
    });
}"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    photographs = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with served() as (service, database_url), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
            ignore_default_args=["--hide-scrollbars"],
        )
        print(f"{'':36} {'p50':>6} {'p95':>6} {'worst':>6} ms  long tasks   nodes   heap     tab")
        measure_empty(browser)
        measure_rows(browser, service, database_url, rows)
        measure_photographs(browser, service, photographs)
        browser.close()


@contextmanager
def served() -> Generator[tuple[Served, str]]:
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-") as name:
        folder = Path(name)
        server = anyio.run(EmbeddedPostgres.start, folder / "postgres")
        try:
            anyio.run(prepare, server.url)
            with serve(server.url, folder) as service:
                yield service, server.url
        finally:
            anyio.run(server.stop)


async def prepare(database_url: str) -> None:
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        await migrate(database)


def measure_empty(browser: Browser) -> None:
    page = browser.new_page(viewport=VIEW)
    page.set_content("<p>Nothing")
    report("an empty page, wheel", page, turn_wheel)
    page.close()


def measure_rows(browser: Browser, service: Served, database_url: str, rows: int) -> None:
    folder = program_in(service, "Crowded").folder
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(PLANT, {"files": rows, "folder": folder})
        connection.execute("ANALYZE files")
    for view in ("list", "grid"):
        page = signed_in(browser, service, view)
        began = time.perf_counter()
        page.goto(f"/folder/{folder}")
        page.locator("[data-index='0']").wait_for()
        print(f"{view}: first rows after {1e3 * (time.perf_counter() - began):.0f} ms")
        report(f"{view}, wheel, pages as they come", page, turn_wheel)
        began = time.perf_counter()
        page.get_by_role("grid").focus()
        page.keyboard.press("End")
        page.locator(f"[data-index='{rows - 1}']").wait_for(timeout=120_000)
        print(f"{view}: all {rows:,} rows in hand after {time.perf_counter() - began:.1f} s")
        page.keyboard.press("Home")
        page.locator("[data-index='0']").wait_for()
        report(f"{view}, wheel, all rows", page, turn_wheel)
        report(f"{view}, scrollbar to the end", page, drag_scrollbar)
        page.context.close()


def measure_photographs(browser: Browser, service: Served, count: int) -> None:
    program = program_in(service, "Photographs")
    maker = browser.new_page()
    maker.goto(f"{service.url}/healthz")
    originals = [base64.b64decode(maker.evaluate(PHOTOGRAPH, seed)) for seed in range(3)]
    maker.close()
    for number in range(count):
        program.upload(f"DSC_{number:04}.jpg", originals[number % len(originals)])
    size = statistics.mean(map(len, originals)) / 1e6
    for view in ("list", "grid"):
        page = signed_in(browser, service, view)
        began = time.perf_counter()
        page.goto(f"/folder/{program.folder}")
        page.locator("[data-index='0'] img[data-shown]").wait_for(timeout=60_000)
        print(f"{view}: first of {count} photographs of {size:.1f} MB after "
              f"{1e3 * (time.perf_counter() - began):.0f} ms")  # fmt: skip
        report(f"{view}, photographs, wheel", page, turn_wheel)
        page.context.close()


def program_in(service: Served, name: str) -> Program:
    http = httpx2.Client(
        base_url=service.url, headers={"Authorization": f"Bearer {service.token}"}, timeout=60
    )
    made = http.post("/api/folders", json={"name": name}).raise_for_status()
    return Program(http, made.json()["folder"]["id"])


def signed_in(browser: Browser, service: Served, view: str) -> Page:
    context = browser.new_context(base_url=service.url, viewport=VIEW)
    context.request.post("/api/session", data={"token": service.token})
    page = context.new_page()
    page.goto("/")
    if view == "grid":
        page.get_by_role("button", name="Grid view").click()
    return page


def turn_wheel(page: Page) -> None:
    """Scroll as a hand on a wheel does, half the time down and half of it up."""
    page.mouse.move(700, 500)
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < WHEEL_SECONDS:
        page.mouse.wheel(0, 120 if passed < WHEEL_SECONDS / 2 else -120)


def drag_scrollbar(page: Page) -> None:
    """Take the scrollbar from the top to the end, and halfway back."""
    box = page.get_by_role("grid").bounding_box()
    assert box is not None
    x, top, bottom = box["x"] + box["width"] - 7, box["y"] + 22, box["y"] + box["height"] - 8
    page.mouse.move(x, top)
    page.mouse.down()
    page.mouse.move(x, bottom, steps=DRAG_STEPS)
    assert page.get_by_role("grid").evaluate("grid => grid.scrollTop") > 0
    page.mouse.move(x, (top + bottom) / 2, steps=DRAG_STEPS)
    page.mouse.up()


def report(title: str, page: Page, scroll: Callable[[Page], None]) -> None:
    page.evaluate(WATCH)
    scroll(page)
    watched: dict[str, list[float]] = page.evaluate(TAKE)
    frames, tasks = sorted(watched["frames"]), watched["long"]
    nodes = page.evaluate("document.querySelectorAll('*').length")
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    longest = f", worst {max(tasks):.0f} ms" if tasks else ""
    p50, p95, worst = frames[len(frames) // 2], frames[len(frames) * 95 // 100], frames[-1]
    print(
        f"{title:36} {p50:6.1f} {p95:6.1f} {worst:6.1f}     {len(tasks):3}{longest:16} "
        f"{nodes:6} {heap:5.0f} MB {tab_memory():5.0f} MB"
    )


def tab_memory() -> float:
    """Return the megabytes of the largest process of Chromium that draws pages."""
    return max(
        (resident(process) for process in Path("/proc").iterdir() if is_tab(process)), default=0
    )


def is_tab(process: Path) -> bool:
    try:
        command = (process / "cmdline").read_bytes()
        return b"--type=renderer" in command and descends(process, os.getpid())
    except OSError:
        return False


def descends(process: Path, ancestor: int) -> bool:
    while (parent := status_of(process, "PPid")) > 1:
        if parent == ancestor:
            return True
        process = process.with_name(str(parent))
    return False


def resident(process: Path) -> float:
    try:
        return status_of(process, "VmRSS") / 1e3
    except OSError:
        return 0


def status_of(process: Path, name: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return next((int(each.split()[1]) for each in lines if each.startswith(f"{name}:")), 0)


if __name__ == "__main__":
    main()
