"""Which files calls read and write, as far as the code tells: written out, joined, by a constant or by a variable."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.live import live_matches
from rubrics.live_code import live_lines
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls

REMOVING = ("os.remove", "os.unlink", "os.rename", "os.replace", "shutil.move")
ARGUMENTS = re.compile(r"\b(args|opts?|options|argv|parser)\b")
_LITERAL = re.compile(r"['\"][^'\"]*\w[^'\"]*['\"]")
_ASKED = re.compile(r"\.get\(|getenv|environ|argv")  # the text in it is the name of a setting
_FILE = re.compile(r"(^|[/\\])[\w ~-]")  # not only the end of a name, ".csv"
_PLAIN = re.compile(r"[A-Za-z_][\w.]*(\[\w+\])?")
_GIVEN = re.compile(r"^\s*([A-Za-z_]\w*)\s*=(?!=)")
_GIVEN_TEXT = re.compile(r"^\s*\w+\s*=\s*r?(['\"])[^'\"]*\w\.\w+\1\s*(#.*)?$")
_FOUND_FIRST = re.compile(r"\b(exists|isfile|is_file|FileNotFoundError)\b")


def written_out(evidence: Evidence, call: Call) -> bool:
    """Tell whether the code shows which file a call reads: by a text, alone or joined to a folder, by a constant, or by
    a variable that the same file gives one text.
    """
    text = given_path(call)
    if text.isidentifier() and (call.span.path, text) in _texts(evidence):
        return True
    if (text.isidentifier() and text.isupper()) or _ASKED.search(text):
        return text.isidentifier()
    return any(_FILE.search(re.sub(r"\{[^{}]*\}", "", literal[1:-1])) for literal in _LITERAL.findall(text))


@once_a_work
def _texts(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Return (file, variable) of what is given a text that is written out, and nothing else."""
    given: dict[tuple[str, str], bool] = {}
    for span, name in live_matches(evidence, _GIVEN, most=3000):
        is_text = _GIVEN_TEXT.match(span.text) is not None
        given[span.path, name] = is_text and given.get((span.path, name), True)
    return frozenset(name for name, is_text in given.items() if is_text)


def given_path(call: Call) -> str:
    """Return the expression that a call is given for its file, a literal without its quotes; "" where there is none."""
    text = call.positional[0] if call.positional else call.keywords.get("filepath_or_buffer", "")
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and text.count(text[:1]) == 2:
        return f"'{text[1:-1].removeprefix('./')}'"
    return text


def table_writers(evidence: Evidence) -> list[Call]:
    """Return the live calls that write tables or arrays to files, or move or remove files."""
    saves = [call for call in live_calls(evidence, "save") if last(call.name).startswith("to_")]
    saves += [call for call in live_calls(evidence, "save") if call.name.startswith("numpy.")]
    return saves + [call for call in live_calls(evidence) if call.name in REMOVING]


def writes_over(evidence: Evidence, load: Call, save: Call) -> bool:
    """Tell whether `save` surely writes the file that `load` read: the same path, unchanged, which was there before."""
    text = given_path(load)
    if not text or text != given_path(save) or load.span.path != save.span.path or load.order >= save.order:
        return False
    if text.startswith("'"):
        return text.endswith("'") and not _made_if_missing(evidence, load)
    fixed = text.isidentifier() and text.isupper()
    if not fixed and (load.function != save.function or not (_PLAIN.fullmatch(text) or _LITERAL.search(text))):
        return False
    return not _made_if_missing(evidence, load) and not _rebound(evidence, text, load, save)


def _made_if_missing(evidence: Evidence, load: Call) -> bool:
    """Tell whether the same file asks if a file is there: then it may be one that the work keeps for itself."""
    return any(_FOUND_FIRST.search(line) for source, _, line in live_lines(evidence) if source.path == load.span.path)


def _rebound(evidence: Evidence, text: str, load: Call, save: Call) -> bool:
    names = "|".join(re.escape(name) for name in re.findall(r"[A-Za-z_]\w*", re.sub(_LITERAL, "", text)))
    bound = re.compile(rf"\b({names})\s*=(?!=)|\bas\s+({names})\b|\bfor\b[^:]*\b({names})\b[^:]*\bin\b")
    first, end = (load.span.cell or 0, load.span.line or 0), (save.span.cell or 0, save.span.line or 0)
    lines = ((source, number, line) for source, number, line in live_lines(evidence) if source.path == load.span.path)
    return any(first < (source.cell or 0, number) <= end and bound.search(line) for source, number, line in lines)
