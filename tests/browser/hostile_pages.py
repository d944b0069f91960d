"""A work that puts hostile text wherever a report shows any."""

from __future__ import annotations

import json
from pathlib import Path

MARKUP = "<script>window.pwned=1</script><img src=//evil.example/x onerror=window.pwned=1><svg onload=window.pwned=1>"
STYLE = "</style></title></textarea></pre><style>*{display:none;background:url(//evil.example/y)}</style>"
LINKS = (
    "[click](javascript:window.pwned=1) <a href=javascript:window.pwned=1>x</a> "
    "$\\href{javascript:1}{x}$ ![i](//evil.example/z)"
)
BIDI = "\u202egnp.exe\u2066 \u200b \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x07\x08"
HOSTILE = f"{MARKUP} {STYLE} {LINKS} {BIDI}"
LONG = "unbroken" * 1250


def hostile_work(folder: Path) -> None:
    """Write a work that puts hostile text wherever a report shows any."""
    folder.mkdir(parents=True)
    cells = [
        ("markdown", f"# {HOSTILE}"),
        ("code", f"import pandas as pd\nfrom sklearn.preprocessing import StandardScaler  # {MARKUP} {STYLE}\n"),
        (
            "code",
            "from IPython.display import HTML, SVG, Javascript, Markdown, Latex, display\n"
            f"hostile = {HOSTILE!r}\n"
            "display(HTML(hostile), Javascript('window.pwned=1'), Markdown(hostile), Latex(hostile))\n"
            'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>\'))\nprint(hostile)\n',
        ),
        (
            "code",
            "train = pd.read_csv('data/train.csv').select_dtypes('number').dropna()\n"
            f"scaled = StandardScaler().fit_transform(train.drop(columns='churn'))  # {LONG} {BIDI}\n",
        ),
        ("code", "class Hostile(Exception): pass\nHostile.__name__ = hostile\nraise Hostile(hostile * 20)"),
    ]
    book = {
        "cells": [
            {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for number, (kind, source) in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": MARKUP, "display_name": HOSTILE, "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "<svg onload=window.pwned=1> [x](javascript:1).ipynb").write_text(json.dumps(book))
    (folder / "README.md").write_text(f"# {HOSTILE}\n\nRun `<svg onload=window.pwned=1> [x](javascript:1).ipynb`.\n")
    (folder / f"{'long' * 40}.py").write_text(f"# {HOSTILE}\nvalue = 1\n")
