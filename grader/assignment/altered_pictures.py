"""Pictures of altered copies: moved by less than a model minds, with faint noise, so that no content is found again."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from grader.assignment.pixels import Pixels, read_pixels, write_pixels
from grader.model.suites import PictureChange

Levels = npt.NDArray[np.float64]

MOST_LEVEL = 255
WITH_ALPHA = (2, 4)  # channels, of which the last says how solid the others are


def altered(data: bytes, change: PictureChange, seed: int) -> bytes:
    """Return a PNG file altered by draws from `seed`: moved in a drawn direction, the paper's edge continued, then a
    drawn whole number of levels added to or taken from each pixel. Raises ValueError where it cannot be read.
    """
    random = np.random.default_rng(seed)
    pixels = read_pixels(data)
    angle = random.uniform(0, 2 * math.pi)
    levels = pixels.astype(float)
    for axis, part in enumerate((math.sin(angle), math.cos(angle))):
        levels = _moved(levels, part * change.move, axis)
    inked = pixels.shape[2] - (pixels.shape[2] in WITH_ALPHA)
    levels[..., :inked] += random.integers(-change.noise, change.noise, levels[..., :inked].shape, endpoint=True)
    return write_pixels(_rounded(levels))


def _moved(levels: Levels, by: float, axis: int) -> Levels:
    """Return the levels moved along an axis, linearly interpolated."""
    size = levels.shape[axis]
    whole = math.floor(-by)
    share = -by - whole
    before, after = (levels.take(np.clip(np.arange(size) + place, 0, size - 1), axis) for place in (whole, whole + 1))
    return (1 - share) * before + share * after


def _rounded(levels: Levels) -> Pixels:
    return np.clip(levels.round(), 0, MOST_LEVEL).astype(np.uint8)
