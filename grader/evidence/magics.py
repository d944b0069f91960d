"""Turns what only IPython understands into lines that Python can parse, keeping every line number."""

from __future__ import annotations

import ast
import re

# Cell magics whose body is still Python; the body of any other (%%bash, %%html, %%writefile ...) is not.
PYTHON_CELLS = {"time", "timeit", "capture", "prun", "memit", "mprun", "matplotlib", "heat", "snakeviz", "wandb"}
PYTHON_LINES = {"time", "timeit", "prun", "memit"}  # line magics that run the Python statement after them
_PYTHON_LINE = re.compile(rf"^(\s*)%(?:{'|'.join(sorted(PYTHON_LINES))})\s+(?:-[a-z]\s*\d*\s+)*(\S.*)$")
# What IPython takes for a magic without its "%" (automagic), aliases of shell commands included, and the magics of
# extensions that are commonly loaded.
_AUTOMAGICS = (
    "alias", "alias_magic", "autoawait", "autocall", "automagic", "autoreload", "autosave", "bookmark", "cat", "cd",
    "clear", "colors", "conda", "config", "connect_info", "cp", "debug", "dhist", "dirs", "doctest_mode", "ed",
    "edit", "env", "gui", "hist", "history", "killbgscripts", "ldir", "less", "lf", "lk", "ll", "load", "load_ext",
    "loadpy", "logoff", "logon", "logstart", "logstate", "logstop", "ls", "lsmagic", "lx", "macro", "magic", "mamba",
    "man", "matplotlib", "memit", "micromamba", "mkdir", "more", "mv", "notebook", "page", "pastebin", "pdb", "pdef",
    "pdoc", "pfile", "pinfo", "pinfo2", "pip", "popd", "pprint", "precision", "prun", "psearch", "psource", "pushd",
    "pwd", "pycat", "pylab", "qtconsole", "quickref", "recall", "rehashx", "reload_ext", "rep", "rerun", "reset",
    "reset_selective", "rm", "rmdir", "run", "save", "sc", "set_env", "store", "subshell", "sx", "system", "tb",
    "tensorboard", "time", "timeit", "unalias", "unload_ext", "uv", "watermark", "who", "who_ls", "whos", "writefile",
    "xdel", "xmode",
)  # fmt: skip
_AUTOMAGIC = re.compile(rf"\s*(?=(?:{'|'.join(_AUTOMAGICS)})[ \t]+[^\s=,])")
# These parse as a name or as a subtraction of names, and are neither.
_LIKE_PYTHON = re.compile(r"\s*(?=(?:clear|(?:cd|cp|ll|ls|mv|reset|rm|rmdir)[ \t]+-[A-Za-z]+)\s*$)")
_ASSIGNED = re.compile(r"^(\s*[\w.,\s\[\]'\"]+?=\s*)[!%](?!=)")
_HELP = re.compile(r"^\s*(\?{1,2}\s*[\w.]+|[\w.*]+\s*\?{1,2})\s*(#.*)?$")
_CELL_MAGIC = re.compile(r"^\s*%%(\w+)")
# Databricks writes one mark before what takes the whole cell. "%sql" is a line magic too, with Python below it.
_WHOLE_CELL = re.compile(r"^\s*%(?:md(?:-sandbox)?|sh|fs|scala|r|(sql))(?:\s|$)")
_MOST_LINES, _MOST_CHARACTERS = 60, 6000  # that a statement is looked for in
# Texts and remarks, in which brackets open nothing.
_QUOTED = re.compile(r"(['\"]{3}|['\"])(?:\\.|[^\\])*?\1|#[^\n]*", re.DOTALL)


def blank_magics(text: str) -> str:
    """Return `text` with magics, shell lines and help requests replaced by `pass`, line for line."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    cell_magic = _CELL_MAGIC.match(lines[first])
    if cell_magic:
        if cell_magic[1] not in PYTHON_CELLS:
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    elif (whole := _WHOLE_CELL.match(lines[first])) and not (whole[1] and _parses_by_line(lines)):
        return "\n" * (len(lines) - 1)
    return "\n".join(_dedented(_by_line(lines)))


def _parses_by_line(lines: list[str]) -> bool:
    """Tell whether Python stands below a line magic: none where nothing but its mark stands in its line."""
    first = next(line for line in lines if line.strip())
    return len(first.split()) > 1 and _parses("\n".join(_by_line(lines)))


def _by_line(written: list[str]) -> list[str]:
    """Return lines with each magic, shell line and request for help among them replaced."""
    lines, continued = [*written], False
    for index, line in enumerate(lines):
        blanked = "" if continued else line if _within_brackets(lines, index) else _python_line(line)
        continued = blanked != line and line.rstrip().endswith("\\")
        lines[index] = blanked
    return lines


def with_automagic(text: str) -> str:
    """Return a cell's text with the "%" that IPython puts before a magic's name on its only line.

    Only where it is no Python without: a variable may have a magic's name. A cell of several lines gets none.
    """
    if "\n" in text.strip():
        return text
    found = _LIKE_PYTHON.match(text) or (_AUTOMAGIC.match(text) if not _parses(text) else None)
    return f"{found[0]}%{text[found.end() :]}" if found else text


def _parses(text: str) -> bool:
    try:
        ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _within_brackets(lines: list[str], index: int) -> bool:
    """Tell whether an operator begins a line that goes on with what a bracket has opened: `% score))`, `!= 0)`."""
    if not lines[index][:1].isspace() or lines[index].lstrip()[:1] not in ("%", "!"):
        return False
    above = lines[max(0, index - _MOST_LINES) : index]
    begun = next((place for place in reversed(range(len(above))) if above[place][:1].strip()), 0)
    code = _QUOTED.sub("", "\n".join(above[begun:])[:_MOST_CHARACTERS])
    return sum(map(code.count, "([{")) > sum(map(code.count, ")]}"))


def _python_line(line: str) -> str:
    stripped = line.lstrip()
    if timed := _PYTHON_LINE.match(line):
        return timed[1] + timed[2]
    if stripped[:1] in ("%", "!") or _HELP.match(line):
        return line[: len(line) - len(stripped)] + "pass"
    if assigned := _ASSIGNED.match(line):
        return assigned[1] + "None"
    return line


def _dedented(lines: list[str]) -> list[str]:
    """IPython accepts a cell that is indented as a whole; so do we."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines
