"""Which format suits a reader, as their Accept header tells."""

from keyshelf.media.images.formats import ImageFormat

_BEST = (ImageFormat.AVIF, ImageFormat.WEBP)
"""Formats that only those take who name them: `image/*` is also sent by readers without."""


def negotiate(accept: str | None, *, transparent: bool, animated: bool) -> ImageFormat:
    """Return the format for an `Accept` header (RFC 9110, 12.5.1).

    `transparent` says that the picture may have an alpha channel, `animated` that it may
    have frames that are wanted; they choose between jpg, png and gif for readers of old, and
    rule out avif for animations. Among formats that are as welcome the smaller one wins.
    """
    plain = _plain(transparent=transparent, animated=animated)
    weights = _weights(accept or "")
    best, chosen = _weight_of(plain, weights), plain
    for each in reversed(_BEST):
        weight = weights.get(each.mimetype, 0.0)
        if weight > 0 and weight >= best and not (animated and not each.is_animated):
            best, chosen = weight, each
    return chosen


def _plain(*, transparent: bool, animated: bool) -> ImageFormat:
    if animated:
        return ImageFormat.GIF
    return ImageFormat.PNG if transparent else ImageFormat.JPG


def _weight_of(plain: ImageFormat, weights: dict[str, float]) -> float:
    for range_ in (plain.mimetype, "image/*", "*/*"):
        if range_ in weights:
            return weights[range_]
    return 0.0


def _weights(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        if name:
            found[name] = _quality(parameters)
    return found


def _quality(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                # "nan" and "2" are no weights; what is no weight is as good as none.
                return min(max(float(value), 0.0), 1.0) if value.strip() else 0.0
            except ValueError:
                return 0.0
    return 1.0
