"""Words that say what a figure in a text is of, in the languages of public take-homes beside English.

One line a language: Spanish, Portuguese, French, German, Italian, Russian, and Chinese, which has no blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# What makes a figure a goal, a condition or another's, and no claim of one's own.
NO_CLAIM = (
    r"al menos|como m[íi]nimo|objetivo|deber[íi]a\w*|debe|esperamos|l[íi]nea base|referencia|umbral|ejemplo",
    r"pelo menos|no m[íi]nimo|objetivo|deveria\w*|deve|esperamos|refer[êe]ncia|limiar|exemplo",
    r"au moins|objectif|devrait|doit|r[ée]f[ée]rence|seuil|exemple|hasard",
    r"mindestens|wenigstens|ziel\w*|soll\w*|muss|müsste|falls|wenn|referenz\w*|schwelle\w*|beispiel\w*",
    r"almeno|obiettivo|dovrebbe|deve|riferimento|soglia|esempio",
    r"не менее|не ниже|цел[ьюи]\w*|долж\w+|если|порог\w*|пример\w*|базов\w+|бейзлайн\w*",
    r"至少|目标|应该|应当|期望|如果|基线|基准|阈值|例如|不低于|高于|低于|超过",
)
TRAINING = (
    r"entrenamiento", r"treino|treinamento", r"entra[îi]nement|jeu d.apprentissage", r"trainings\w+", r"addestramento",
    r"обучающ\w+|трейн\w*|тренировочн\w+", r"训练",
)  # fmt: skip
FOLDS = (
    r"validaci[óo]n cruzada", r"valida[çc][ãa]o cruzada", r"validation crois[ée]e", r"kreuzvalid\w+",
    r"(?:cross|convalida|validazione) incrociata", r"кросс-?\s?валидаци\w*|фолд\w*", r"交叉验证|折",
)  # fmt: skip
VALIDATION = (
    r"validaci[óo]n(?! cruzada)", r"valida[çc][ãa]o(?! cruzada)", r"validation(?! crois)", r"validierung\w*",
    r"validazione(?! incrociata)|convalida(?! incrociata)", r"валидаци\w*|валидационн\w+", r"(?<!交叉)验证",
)  # fmt: skip


def words(table: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern of whole words of any language of a table; the last language has no blanks to tell words by."""
    *spaced, unspaced = table
    return re.compile(rf"(?i)\b(?:{'|'.join(spaced)})\b|{unspaced}")
