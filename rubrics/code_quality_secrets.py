"""Code quality: nothing that belongs to its author alone: no secrets, no paths of one machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from grader import Evidence, Finding, Span, criterion, met, not_applicable, not_met
from rubrics.code_text import code_lines, line_span, line_text, strings
from rubrics.facts import live_calls, nothing_seen, spans, unreadable
from rubrics.machine_paths import machine_paths

MOST_SHOWN = 12
MANY_LETTERS = 20
_NAMED = re.compile(
    r"(?i)\b\w*?(?:password|passwd|pwd|api_?key|secret(?:_?key)?|(?:auth|access|api|bot)_?token)\s*(?::\s*str\s*)?=\s*\"\""
)
_KEYED = re.compile(
    r"(?i)['\"]\w*(?:password|passwd|api_?key|secret_?key|access_?token)['\"]\s*:\s*['\"]([^'\"\s]{6,})['\"]"
)
_VALUE = re.compile(r"=\s*[rfb]?['\"]([^'\"\s]{6,})['\"]")
_ENV_FILE = re.compile(r"(?i)(?:^|/)\.env(?:rc)?$|(?:^|/)\.env\.[\w.-]+$|\.env$")
_SET = re.compile(r"^\s*(?:export\s+)?(\w{1,100})\s*=\s*['\"]?([^'\"\s]{6,})['\"]?\s*(?:#.*)?$")
# `MYSQL_PASSWORD: ...` of YAML, `- MYSQL_PASSWORD=...` of a list, `client_secret = ...` of an INI file
_CONFIGURED = re.compile(
    r"^\s*(?:-\s+)?['\"]?([\w.-]{1,100})['\"]?\s*[:=]\s*['\"]?([^'\"\s#,]{10,200})['\"]?\s*,?\s*(?:#.*)?$"
)
_ELSEWHERE = re.compile(r"^[$./({!~]|[{}]|\$|^arn:|://")  # ${NAME}, a path, an address: it stands somewhere else
_KEPT_SECRET = re.compile(
    r"(?i)(?:password|passwd|pwd|secret(?:_?key)?|(?:auth|access|refresh|api|bot|hf|github)_?token"
    r"|(?:api|access|secret|private|fernet|encryption|signing|account)_?key)$"
)
_TOKEN = re.compile(
    r"^(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|hf_\w{30,}|sk-[\w-]{20,}|AIza[\w-]{35}|xox[abp]-[\w-]{10,})$"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)
_PLACEHOLDER = re.compile(
    r"(?i)your|my_|example|change|placeholder|dummy|xxx|\*\*\*|<|\.\.\.|todo|secret$|password$|token$|key$"
    r"|(?:^|[_\-.])(?:here|insert|replace|enter|put|paste|fill|redacted|removed|hidden|none|null)(?:$|[_\-.])"
)
# What a token is never made of by chance, though the shape may be right.
_STAND_IN = re.compile(r"(?i)your|example|placeholder|x{8}|(?:_|\b|-)here(?:\b|$)")
KEY_FILES = frozenset(
    ("kaggle.json", "id_rsa", "id_ed25519", "credentials.json", "client_secret.json", "gdrive-user-credentials.json")
)


@criterion("code_quality.no_secrets", title="No password or key is handed in")
def no_secrets(evidence: Evidence) -> Finding:
    """Judge whether a password, key or token stands in the code, in a .env file or, by its looks drawn at random, in
    another file of settings, or a file that holds one came along; placeholders are none. Not applicable without one.
    """
    key_files = [Span(path=entry.path) for entry in evidence.files if PurePosixPath(entry.path).name in KEY_FILES]
    found = [*key_files, *islice(_written_secrets(evidence), MOST_SHOWN), *islice(_set_secrets(evidence), MOST_SHOWN)]
    if not found:
        return not_applicable("No password or key was seen.")
    masked = [span.model_copy(update={"text": ""}) for span in found]
    advice = "Read it from the environment, and revoke it."
    return not_met("A password or key seems to have been handed in.", evidence=masked, advice=advice)


def _written_secrets(evidence: Evidence) -> list[Span]:
    found = []
    for source in evidence.code.sources:
        found += [line_span(source, line) for text, line in strings(source) if _is_token(text)]
        for number, line in code_lines(source):
            pattern = _VALUE if _NAMED.search(line) else _KEYED
            match = pattern.search(line_text(source, number))
            if match and not _PLACEHOLDER.search(match[1]):
                found.append(line_span(source, number))
    return found


def _set_secrets(evidence: Evidence) -> Iterator[Span]:
    """Yield the lines of .env files and of settings that set a secret; what is set twice, as user and password say, is
    a default, and so is a word where it is not kept in a .env file.
    """
    for document in evidence.code.documents:
        is_env = bool(_ENV_FILE.search(document.path))
        if not (is_env or document.kind == "configuration"):
            continue
        pattern = _SET if is_env else _CONFIGURED
        found = [(number, pattern.match(line[:400])) for number, line in enumerate(document.text.split("\n"), start=1)]
        pairs = [(number, match[1], match[2]) for number, match in found if match]
        values = Counter(value for _, _, value in pairs)
        for number, name, value in pairs:
            real = values[value] == 1 and not _PLACEHOLDER.search(value) and "$" not in value[:2]
            secret = _is_token(value) or (_KEPT_SECRET.search(name) and (is_env or _is_drawn(value)))
            if real and secret:
                yield Span(path=document.path, line=number, end_line=number)


def _is_token(text: str) -> bool:
    """Tell whether a text has the shape of a token, and does not say that one is to be put in its place."""
    return bool(_TOKEN.search(text)) and not _STAND_IN.search(text)


def _is_drawn(value: str) -> bool:
    """Tell whether a value looks drawn at random: letters of both sizes and digits, or many letters and digits."""
    if _ELSEWHERE.search(value):
        return False
    lower, upper, digits = (any(map(test, value)) for test in (str.islower, str.isupper, str.isdigit))
    return digits and ((lower and upper) or (lower and len(value) >= MANY_LETTERS))


@criterion("code_quality.no_absolute_paths", title="No path exists on the author's machine only")
def no_absolute_paths(evidence: Evidence) -> Finding:
    """Judge whether strings in the code name files or folders of the author's machine, of Colab or of Kaggle. Those
    that a Dockerfile makes are the image's own.
    """
    if problem := unreadable(evidence):
        return problem
    found = list(islice(machine_paths(evidence), MOST_SHOWN))
    if found:
        return not_met(
            f"A path of the author's machine is written into the code: {found[0][0][:80]}",
            evidence=[span for _, span in found],
            advice="Take paths relative to the repository, or as an argument.",
        )
    if not live_calls(evidence, "load", "save"):
        return nothing_seen(evidence, "No file was seen to be read or written.")
    return met("Files are named by relative paths or arguments.", evidence=spans(live_calls(evidence, "load", "save")))
