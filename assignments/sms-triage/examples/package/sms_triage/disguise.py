"""Spam as it may look once its senders know that a filter is there; only for measuring, never for training."""

import numpy as np

LOOK_ALIKES = str.maketrans("aeios", "@3!0$")


def disguise(text: str, random: np.random.Generator, share: float = 0.4) -> str:
    """Return the text with that share of its longer words in look-alike letters or with dots between the letters."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 3 and random.random() < share:
            words[place] = word.lower().translate(LOOK_ALIKES) if random.random() < 0.5 else ".".join(word)
    return " ".join(words)
