"""A small, varied sample of media, drawn and computed here: nothing is downloaded.

    write_sample(folder)

makes pictures, sounds, a PDF, texts and a short film in nested folders, some under
names that are hard to keep.
"""

import colorsys
import json
import math
import random
import subprocess
import wave
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from keyshelf.media.tools.finding import find_tools

Colour = tuple[int, int, int]

_WIDTH, _HEIGHT = 1200, 800
_RATE = 22_050
_CHORDS = {
    "Morning.wav": (261.63, 329.63, 392.00, 523.25),
    "Rain on the roof (take 2).wav": (220.00, 261.63, 329.63, 440.00),
    "Night train.wav": (146.83, 174.61, 220.00, 293.66),
}


@dataclass(frozen=True)
class Scene:
    """A landscape: a sky from top to horizon, a sun or moon, and hills in front of each other."""

    top: Colour
    horizon: Colour
    light: Colour
    hills: Sequence[Colour]
    light_at: tuple[float, float]
    light_radius: float
    seed: int


_DAWN = Scene(
    (38, 52, 103), (250, 176, 140), (255, 236, 200),
    ((150, 110, 140), (104, 78, 118), (62, 50, 88), (32, 28, 56)), (0.68, 0.52), 0.09, 1,
)  # fmt: skip
_NOON = Scene(
    (62, 140, 214), (200, 230, 246), (255, 250, 225),
    ((150, 190, 170), (104, 160, 122), (66, 122, 86), (36, 84, 60)), (0.24, 0.2), 0.06, 2,
)  # fmt: skip
_DUSK = Scene(
    (64, 30, 90), (255, 120, 84), (255, 214, 130),
    ((140, 60, 96), (98, 40, 80), (58, 26, 60), (28, 14, 38)), (0.5, 0.6), 0.12, 3,
)  # fmt: skip
_NIGHT = Scene(
    (8, 12, 34), (44, 62, 110), (240, 240, 225),
    ((38, 48, 86), (26, 34, 66), (16, 22, 46), (8, 12, 28)), (0.78, 0.22), 0.05, 4,
)  # fmt: skip
_DESERT = Scene(
    (112, 176, 214), (250, 222, 176), (255, 246, 220),
    ((226, 178, 120), (206, 146, 88), (176, 112, 62), (132, 78, 44)), (0.4, 0.3), 0.07, 5,
)  # fmt: skip
_SEA = Scene(
    (70, 150, 190), (220, 240, 236), (255, 255, 240),
    ((120, 186, 196), (74, 150, 172), (40, 112, 144), (20, 76, 112)), (0.62, 0.35), 0.07, 6,
)  # fmt: skip

_PICTURES = {
    "Photos/Summer 2026/Dawn over the hills.png": _DAWN,
    "Photos/Summer 2026/Noon.png": _NOON,
    "Photos/Summer 2026/Dusk.png": _DUSK,
    "Photos/Summer 2026/Night sky.png": _NIGHT,
    "Photos/Summer 2026/Desert.png": _DESERT,
    "Photos/Summer 2026/Sea.png": _SEA,
    "Photos/Summer 2026/Islands.png": replace(_SEA, light_at=(0.22, 0.25), seed=11),
    "Photos/Summer 2026/Last light.png": replace(_DAWN, light_at=(0.3, 0.56), seed=13),
    "Photos/Summer 2026/Meadows.png": replace(_NOON, light_at=(0.72, 0.24), seed=14),
    "Photos/Summer 2026/Red evening.png": replace(_DUSK, light_at=(0.76, 0.5), seed=15),
    "Photos/Summer 2026/Sand.png": replace(_DESERT, light_at=(0.7, 0.22), seed=16),
    "Photos/Far away/Dunes at night.png": replace(_NIGHT, light_at=(0.3, 0.3), seed=12),
    "Hard names/日本語 😀.png": replace(_DAWN, light_at=(0.35, 0.5), seed=7),
    "Hard names/50% off #1?.png": replace(_NOON, light_at=(0.8, 0.25), seed=8),
}


def write_sample(folder: Path) -> None:
    """Write the sample below `folder`."""
    for name, scene in _PICTURES.items():
        _write(folder / name, png(scene))
    for name, chord in _CHORDS.items():
        _write_wave(folder / "Sound" / name, chord)
    for number in range(1, 4):
        _write(folder / f"Designs/Poster {number}.svg", poster(number).encode())
    pages = [
        "Keyshelf",
        "Every file of this sample was made",
        "by a program of some 200 lines:",
        "examples/sample_media.py",
    ]
    _write(folder / "Documents/Welcome.pdf", pdf(pages))
    _write(folder / "Documents/Reading list.md", _READING_LIST.encode())
    _write(folder / "Documents/Expenses.csv", _EXPENSES.encode())
    _write(folder / "Documents/Project/Plan/Draft/settings.json", _SETTINGS.encode())
    _write(folder / "Hard names/it's (2)+a&b=c.txt", b"A name may hold almost anything.\n")
    _write_film(folder)


def png(scene: Scene) -> bytes:
    """Draw a landscape, column by column, as a PNG file."""
    rng = random.Random(scene.seed)
    planes = [bytearray() for _ in range(3)]
    ridges = [_ridge(rng, index, len(scene.hills)) for index in range(len(scene.hills))]
    sky = [_mixed(scene.top, scene.horizon, y / (_HEIGHT * 0.75)) for y in range(_HEIGHT)]
    for x in range(_WIDTH):
        column = _column(scene, sky, [ridge[x] for ridge in ridges], x)
        for plane, values in zip(planes, zip(*column, strict=True), strict=True):
            plane.extend(values)
    rows = bytearray()
    for y in range(_HEIGHT):
        row = bytearray(3 * _WIDTH)
        for channel, plane in enumerate(planes):
            row[channel::3] = plane[y::_HEIGHT]
        rows += b"\0" + row
    header = _WIDTH.to_bytes(4, "big") + _HEIGHT.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _column(scene: Scene, sky: Sequence[Colour], tops: Sequence[int], x: int) -> list[Colour]:
    column = list(sky)
    across, down = scene.light_at
    radius = scene.light_radius * _HEIGHT
    offset = abs(x - across * _WIDTH)
    if offset < radius:
        half = round(math.sqrt(radius**2 - offset**2))
        middle = round(down * _HEIGHT)
        column[middle - half : middle + half] = [scene.light] * (2 * half)
    for top, colour in zip(tops, scene.hills, strict=True):
        column[top:] = [colour] * (_HEIGHT - top)
    return column


def _ridge(rng: random.Random, index: int, count: int) -> list[int]:
    base = _HEIGHT * (0.55 + 0.38 * index / count)
    waves = [
        (rng.uniform(14, 42) / n, rng.uniform(0.6, 1.4) * n, rng.uniform(0, 6)) for n in (1, 2, 5)
    ]
    return [
        round(base + sum(high * math.sin(fast * 6 * x / _WIDTH + at) for high, fast, at in waves))
        for x in range(_WIDTH)
    ]


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    share = min(1.0, share)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def poster(number: int) -> str:
    """Draw circles of related colours as an SVG file."""
    rng = random.Random(number)
    hue = rng.random()
    shapes = [
        f'<circle cx="{rng.randrange(600)}" cy="{rng.randrange(800)}" r="{rng.randrange(30, 180)}"'
        f' fill="{_hex(hue + rng.uniform(-0.08, 0.08), 0.65)}" opacity="0.6"/>'
        for _ in range(24)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800">'
        f'<rect width="600" height="800" fill="{_hex(hue, 0.92)}"/>{"".join(shapes)}</svg>\n'
    )


def _hex(hue: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def pdf(lines: Sequence[str]) -> bytes:
    """Set lines of plain ASCII text on one A4 page."""
    text = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 24 Tf 36 TL 72 720 Td {text} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    written, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    written += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(written)


def _write_wave(path: Path, chord: Sequence[float], seconds: float = 6) -> None:
    """Play the notes of a chord one after the other, each dying away."""
    samples = array("h", bytes(2 * round(seconds * _RATE)))
    for index, pitch in enumerate((*chord, *reversed(chord))):
        start = round(index * seconds * _RATE / (2 * len(chord) + 2))
        for step in range(min(2 * _RATE, len(samples) - start)):
            tone = math.sin(2 * math.pi * pitch * step / _RATE) * math.exp(-2.5 * step / _RATE)
            samples[start + step] += round(5000 * tone)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _RATE, len(samples), "NONE", ""))
        file.writeframes(samples.tobytes())


def _write_film(folder: Path) -> None:
    still, film = folder / "Photos/Summer 2026/Dusk.png", folder / "Film/Slowly closer.mp4"
    film.parent.mkdir(parents=True, exist_ok=True)
    zoom = "zoompan=z='1+0.002*on':d=125:s=1280x720:fps=25"
    options = ["-vf", zoom, "-frames:v", "125", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    command = [find_tools().ffmpeg, "-v", "error", "-nostdin", "-y", "-i", still, *options, film]
    subprocess.run(command, check=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


_READING_LIST = """# Reading list

- *The Design of Everyday Things*
- *A Pattern Language*
- *How Buildings Learn*
"""
_EXPENSES = (
    "date,what,amount\n2026-06-01,Train,42.50\n2026-06-02,Film,18.00\n2026-06-03,Maps,9.90\n"
)
_SETTINGS = json.dumps({"title": "Summer", "days": 14, "places": ["hills", "sea"]}, indent=2) + "\n"
