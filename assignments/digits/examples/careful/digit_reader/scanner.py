"""What the brief says of the other scanners, as a law that can be applied to pictures we have labels for."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from digit_reader.pictures import SIDE

DEGREES = 15.0
PIXELS = 2.0
NOISE = 0.08  # the brief says "grainy"; the unlabelled test pictures have about this much on their empty corners


def as_other_scanner(pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the pictures, (rows, 784), each turned, moved and made grainy by draws of its own."""
    changed = np.stack([_turned(row.reshape(SIDE, SIDE), random) for row in pictures])
    grainy = changed + random.normal(0, NOISE, changed.shape)
    return np.clip(grainy, 0, 1).reshape(len(pictures), -1)


def _turned(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    angle = np.deg2rad(random.uniform(-DEGREES, DEGREES))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.full(2, (SIDE - 1) / 2)
    offset = centre - turn @ (centre + random.uniform(-PIXELS, PIXELS, 2))
    return ndimage.affine_transform(picture, turn, offset, order=1)
