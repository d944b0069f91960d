"""Messy pictures for the stress run: the same picture as another program saves it, by a stated law.

colour         a grey picture in colour, one in colour as grey
alpha          with an alpha channel that hides nothing, or without the one it had
palette        grey levels as places in a palette, the commonest level first
enlarged       twice as many pixels a side, each one four times
negative       dark for light and light for dark
empty_picture  the paper alone: each pixel has the middle level of the picture's edge
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.assignment.pixels import Pixels, read_pixels, write_indexed, write_pixels

OPAQUE = 255
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue in a grey level (ITU-R BT.601)
WITHOUT_LABEL = "empty_picture"  # nothing is in it that a label could name


def resaved(data: bytes, kind: str) -> bytes:
    """Return the picture made messy in one of the ways above, as PNG. Raises ValueError where it cannot be read."""
    return _MAKERS[kind](read_pixels(data))


def _parts(pixels: Pixels) -> tuple[Pixels, Pixels | None]:
    """Return the levels of grey or colour, and the alpha channel where there is one."""
    inked = pixels.shape[2] - (pixels.shape[2] % 2 == 0)
    return pixels[..., :inked], pixels[..., inked:] if inked < pixels.shape[2] else None


def _together(levels: Pixels, alpha: Pixels | None) -> bytes:
    return write_pixels(levels if alpha is None else np.concatenate([levels, alpha], axis=2))


def _grey(levels: Pixels) -> Pixels:
    if levels.shape[2] == 1:
        return levels
    grey: Pixels = (levels @ np.array(LUMA)).round().astype(np.uint8)
    return grey[..., None]


def _colour(pixels: Pixels) -> bytes:
    levels, alpha = _parts(pixels)
    return _together(levels.repeat(3, axis=2) if levels.shape[2] == 1 else _grey(levels), alpha)


def _alpha(pixels: Pixels) -> bytes:
    levels, alpha = _parts(pixels)
    return _together(levels, np.full_like(levels[..., :1], OPAQUE) if alpha is None else None)


def _palette(pixels: Pixels) -> bytes:
    grey = _grey(_parts(pixels)[0])
    levels, places, counts = np.unique(grey, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    place_of = np.argsort(order).astype(np.uint8)
    return write_indexed(place_of[places].reshape(grey.shape), levels[order][:, None].repeat(3, axis=1))


def _enlarged(pixels: Pixels) -> bytes:
    return write_pixels(pixels.repeat(2, axis=0).repeat(2, axis=1))


def _negative(pixels: Pixels) -> bytes:
    levels, alpha = _parts(pixels)
    return _together(255 - levels, alpha)


def _empty(pixels: Pixels) -> bytes:
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return write_pixels(np.broadcast_to(np.median(edge, axis=0).astype(np.uint8), pixels.shape))


_MAKERS: dict[str, Callable[[Pixels], bytes]] = {
    "colour": _colour,
    "alpha": _alpha,
    "palette": _palette,
    "enlarged": _enlarged,
    "negative": _negative,
    "empty_picture": _empty,
}
