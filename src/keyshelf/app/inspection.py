"""Inspection of the drive's files, as the settings say."""

from keyshelf.app.media import Media
from keyshelf.drive.parts import DriveParts
from keyshelf.media.assets.looking import Eyes
from keyshelf.settings import Settings
from keyshelf.workflows.derive_media import DeriveOptions
from keyshelf.workflows.inspect_file import InspectParts


def inspect_parts(settings: Settings, drive: DriveParts, media: Media) -> InspectParts:
    """Return what inspection stands on."""
    return InspectParts(
        drive=drive,
        work=media.work,
        sources=media.sources,
        eyes=Eyes(media.renders, media.tools, media.scratch),
        derive=derive_options(settings),
    )


def derive_options(settings: Settings) -> DeriveOptions:
    """Return what is made of media by itself."""
    return DeriveOptions(
        streams=settings.flag("KEYSHELF_AUTO_HLS") is True,
        encrypt=settings.flag("KEYSHELF_AUTO_HLS_ENCRYPT") is True,
    )
