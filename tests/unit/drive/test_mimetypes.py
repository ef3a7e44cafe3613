"""Types and categories from names."""

import pytest

from keyshelf.drive import mimetype_table as table
from keyshelf.drive.mimetypes import (
    Category,
    category_of,
    extensions_of,
    known_extensions,
    mimetype_of,
)

# The types that systems of this family agree on, pinned: imported rows carry them.
PINNED = {
    "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "a.odt": "application/vnd.oasis.opendocument.text",
    "a.doc": "application/msword",
    "a.xls": "application/vnd.ms-excel",
    "a.ppt": "application/vnd.ms-powerpoint",
    "a.md": "text/markdown",
    "a.tga": "image/x-tga",
    "a.psd": "image/vnd.adobe.photoshop",
    "a.exr": "image/x-exr",
    "a.dds": "image/vnd-ms.dds",
    "a.ktx": "image/ktx",
    "a.ktx2": "image/ktx2",
    "a.mov": "video/quicktime",
    "a.avi": "video/x-msvideo",
    "a.mkv": "video/x-matroska",
    "a.fbx": "application/octet-stream",
    "a.gltf": "model/gltf+json",
    "a.glb": "model/gltf-binary",
    "a.obj": "model/obj",
    "a.blend": "application/x-blender",
    "a.7z": "application/x-7z-compressed",
    "a.yaml": "text/yaml",
    "a.yml": "text/yaml",
    "a.js": "text/javascript",
    "a.ts": "text/typescript",
    "a.py": "text/x-python",
    "a.lua": "text/x-lua",
    "a.glsl": "text/x-glsl",
    "a.hlsl": "text/x-hlsl",
}

CATEGORIES = {
    Category.DOCUMENT: "docx doc xlsx xls pptx ppt odt ods odp pdf txt csv md",
    Category.IMAGE: "png jpg jpeg gif webp svg tga psd exr dds ktx ktx2 basis",
    Category.VIDEO: "mp4 webm mov avi mkv",
    Category.AUDIO: "mp3 wav ogg aac flac",
    Category.MODEL: "fbx gltf glb obj blend",
    Category.CODE: "json yaml yml xml lua py js ts glsl hlsl html css",
    Category.ARCHIVE: "zip tar gz 7z",
}


@pytest.mark.parametrize(("name", "mimetype"), PINNED.items())
def test_pinned_types_stay(name: str, mimetype: str) -> None:
    assert mimetype_of(name) == mimetype


@pytest.mark.parametrize(
    ("extension", "category"),
    [(each, category) for category, names in CATEGORIES.items() for each in names.split()],
)
def test_an_extension_says_the_category(extension: str, category: Category) -> None:
    assert category_of("application/octet-stream", f"x.{extension}") is category


def test_the_table_knows_at_least_200_extensions() -> None:
    assert len(known_extensions()) >= 200


def test_an_extension_stands_once_in_the_table() -> None:
    lines = [
        extension
        for each in (
            table.DOCUMENTS,
            table.IMAGES,
            table.VIDEOS,
            table.AUDIO,
            table.MODELS,
            table.CODE,
            table.ARCHIVES,
            table.OTHERS,
        )
        for extensions in each.values()
        for extension in extensions.split()
    ]

    assert len(lines) == len(set(lines))
    assert all(each == each.lower() for each in lines)


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [
        ("PHOTO.JPG", "image/jpeg"),
        ("a.b.c.Png", "image/png"),
        ("backup.tar.gz", "application/gzip"),
        ("backup.tar.zst", "application/zstd"),
        ("index.d.ts", "text/typescript"),
        ("v1.2.pdf", "application/pdf"),
        ("日本語 😀.png", "image/png"),
        ("50% off #1?.pdf", "application/pdf"),
        ("it's (2)+a&b=c.mov", "video/quicktime"),
        ("Makefile", "text/x-makefile"),
        ("LICENSE", "text/plain"),
        (".gitignore", "text/x-ini"),
        ("CMakeLists.txt", "text/x-cmake"),
    ],
)
def test_a_name_says_its_type(name: str, mimetype: str) -> None:
    assert mimetype_of(name) == mimetype


@pytest.mark.parametrize("name", ["photo", ".gif", "a.", "a.unheard-of", "json", "...", ".tar"])
def test_a_name_that_says_nothing(name: str) -> None:
    assert mimetype_of(name) is None


@pytest.mark.parametrize(
    ("mimetype", "name", "category"),
    [
        ("image/png", "picture", Category.IMAGE),
        ("video/x-unheard-of", "film", Category.VIDEO),
        ("model/x-unheard-of", "thing", Category.MODEL),
        ("text/plain; charset=utf-8", "notes", Category.DOCUMENT),
        ("text/x-unheard-of", "script", Category.CODE),
        ("application/pdf", "paper", Category.DOCUMENT),
        ("APPLICATION/ZIP", "pack", Category.ARCHIVE),
        ("application/octet-stream", "blob", Category.OTHER),
        ("", "blob", Category.OTHER),
        ("video/mp2t", "recording.ts", Category.VIDEO),
        ("text/typescript", "main.ts", Category.CODE),
        ("application/octet-stream", "mesh.fbx", Category.MODEL),
        ("image/vnd.dxf", "plan.dxf", Category.MODEL),
    ],
)
def test_the_mimetype_helps_where_the_name_does_not(
    mimetype: str, name: str, category: Category
) -> None:
    assert category_of(mimetype, name) is category


def test_extensions_of_a_category_are_those_of_the_table() -> None:
    every = [each for category in Category for each in extensions_of(category)]

    assert sorted(every) == known_extensions()
    assert "jpg" in extensions_of(Category.IMAGE)
