"""Documentation says everything that users meet and nothing that is not there; a test says what it leaves out."""

from __future__ import annotations

import hashlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.main import get_command

from grader.cli.app import app
from grader.errors import FAILURE_CODES
from grader.intake import IntakeLimits, make_plan, take
from grader.intake.candidates import SKIPPED
from grader.intake.names import JUNK_FILES, JUNK_FOLDERS
from grader.intake.plan import WELL_KNOWN
from grader.model import Assignment, Limits, Report
from grader.model.failure_class import failure_class
from grader.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md", *sorted(DOCS.rglob("*.md"))]
ENDINGS = {"csv", "json", "ipynb", "toml", "py", "html", "md", "yml"}
KEYS_OF_REPORTS = {"run.runtime", "run.enforcement", "run.environment"}
COMPUTED = {"slug", "digest", "data_digest", "root"}  # of an assignment, not written in its file


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def leaves(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Yield (words, command) for every command that does something, the root among them."""
    yield " ".join(("grader", *names)), command
    for name, child in getattr(command, "commands", {}).items():
        yield from leaves(child, *names, name)


COMMANDS = dict(leaves(get_command(app)))
OPTIONS = {
    words: {option: parameter for parameter in command.params for option in parameter.opts if option.startswith("--")}
    for words, command in COMMANDS.items()
}
SECTIONS = {
    re.sub(r" \S*[A-Z]\S*", "", title): text
    for title, text in re.findall(
        r"^## (grader.*?)\n(.*?)(?=^## |\Z)", (REFERENCE / "cli.md").read_text(), flags=re.MULTILINE | re.DOTALL
    )
}


def test_every_failure_code_is_documented_and_no_other() -> None:
    listed = re.findall(r"^\| `([\w.]+)` \|", (REFERENCE / "failures.md").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(FAILURE_CODES)


def test_the_page_of_failure_codes_names_those_that_are_limits() -> None:
    (said,) = re.findall(
        r"`limit_exceeded`: every `limit\.` code,(.*?)\. `infra", (REFERENCE / "failures.md").read_text(), re.S
    )
    outcomes = {code for code in FAILURE_CODES if not code.startswith(("limit.", "assignment.", "usage."))}
    assert set(re.findall(r"`([\w.]+)`", said)) == {code for code in outcomes if failure_class(code) == "limit"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_failure_codes_named_in_a_page_exist(page: Path) -> None:
    families = {code.split(".")[0] for code in FAILURE_CODES}
    named = {text for text in re.findall(r"`([a-z]+\.[a-z_]+)`", page.read_text()) if text.split(".")[0] in families}
    assert {text for text in named if text.split(".")[1] not in ENDINGS} <= set(FAILURE_CODES) | KEYS_OF_REPORTS


def test_every_command_has_its_section_and_no_other() -> None:
    doing = {words for words, command in COMMANDS.items() if words == "grader" or not hasattr(command, "commands")}
    assert set(SECTIONS) == doing


@pytest.mark.parametrize("words", sorted(SECTIONS))
def test_every_option_is_documented_with_its_default_and_no_other(words: str) -> None:
    rows = dict(re.findall(r"^\| `(--[a-z-]+).*?` \|(.*)$", SECTIONS[words], flags=re.MULTILINE))
    assert set(rows) - {"--help"} == set(OPTIONS[words]) - {"--help"}
    for option, row in rows.items():
        default = getattr(OPTIONS[words].get(option), "default", None)
        if isinstance(default, int | str | Path) and not isinstance(default, bool):
            assert row.split("|")[0].strip(" `") == str(default), option


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_named_in_a_page_exist(page: Path) -> None:
    found = re.findall(r"`grader ([a-z][^`]*)`|\.venv/bin/grader ([^\n#]*)", page.read_text())
    for text in ("".join(pair) for pair in found):
        words, command = shlex.split(text.replace("`", " ").split("|")[0]), "grader"
        while words and f"{command} {words[0]}" in COMMANDS:
            command = f"{command} {words.pop(0)}"
        assert command != "grader" or not words or words[0].startswith("-"), text
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        assert options <= {*OPTIONS[command], "--help"}, text


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_named_in_a_page_exist(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`| {4})make (\w+)", page.read_text())) <= targets


def test_every_input_and_output_of_the_action_is_documented_and_no_other() -> None:
    action, page = yaml.safe_load((ROOT / "action.yml").read_text()), (REFERENCE / "action.md").read_text()
    inputs, outputs = (page.partition(f"| {head} |")[2].partition("\n\n")[0] for head in ("input", "output"))
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|([^|]*)\|", inputs, flags=re.MULTILINE))
    assert set(rows) == set(action["inputs"])
    assert set(re.findall(r"^\| `([a-z-]+)` \|", outputs, flags=re.MULTILINE)) == set(action["outputs"])
    for name, known in action["inputs"].items():
        said = rows[name].strip(" `")
        assert said == str(known["default"]) or (name == "audience" and said == "the server's address"), name


def test_every_environment_variable_is_documented_and_no_other() -> None:
    settings = {f"GRADER_{name.upper()}" for name in Settings.model_fields}
    of_the_suite = set(re.findall(r'"(GRADER_[A-Z_]+)"', (ROOT / "tests" / "conftest.py").read_text()))
    commands = "".join(path.read_text() for path in (ROOT / "grader" / "cli").glob("*app.py"))
    of_options = set(re.findall(r'envvar="(GRADER_[A-Z_]+)"', commands))
    listed = re.findall(r"^\| `(GRADER_\w+)` \|", (REFERENCE / "cli.md").read_text(), flags=re.MULTILINE)
    assert set(listed) == settings | of_the_suite | of_options
    for page in PAGES:
        assert set(re.findall(r"GRADER_[A-Z_]+", page.read_text())) <= set(listed), page


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual renderers make them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_stands_in_the_index() -> None:
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", (DOCS / "README.md").read_text())}
    missing = [name_of(page) for page in DOCS.rglob("*.md") if page not in linked and page.name != "README.md"]
    assert missing == []


TOLD_IN_WORDS = ("gates",)


def test_the_assignments_page_has_every_key_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \|", (REFERENCE / "assignment.md").read_text(), flags=re.MULTILINE)
    told = {key for keys in rows for key in re.findall(r"`([\w.]+)`", keys)}
    assert told == {name for name, _ in defaults_of(Assignment)} | {"limits", "weights"}


def test_every_default_of_an_assignment_is_the_one_documented() -> None:
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", (REFERENCE / "assignment.md").read_text(), flags=re.MULTILINE)
    told = {f"`{key}`": default for keys, default in rows for key in re.findall(r"`([\w.]+)`", keys)}
    for name, field in defaults_of(Assignment):
        row = told[f"`{name}`"]
        if field.is_required():
            assert row == "needed", name
        elif isinstance(field.default, str | int):
            assert str(field.default).lower() in row.lower(), name


def defaults_of(record: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted name, field) for what stands in an assignment's file, the two tables of numbers left out."""
    for name, field in record.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            yield from defaults_of(field.annotation, f"{name}.") if name not in ("limits", "weights") else ()
        elif name not in COMPUTED:
            yield prefix + name, field
            inner = [kind for kind in get_args(field.annotation) if hasattr(kind, "model_fields")]
            if inner and name not in TOLD_IN_WORDS:
                yield from defaults_of(inner[0], f"{name}.")


def test_the_readme_lists_every_assignment_with_its_modality_and_track() -> None:
    rows = re.findall(
        r"^\| \[([\w-]+)\]\(.*?\) \| .*? \| (\S+) \| (\S+) \|", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    files = sorted((ROOT / "assignments").glob("*/assignment.toml"))
    told = [(path.parent.name, tomllib.loads(path.read_text(encoding="utf-8"))) for path in files]
    assert rows == [(name, settings["modality"], settings["track"]) for name, settings in told]


def test_the_sandboxs_page_gives_the_default_limits() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", (REFERENCE / "sandbox.md").read_text(), flags=re.MULTILINE)
    assert {name: float(value) for name, value in rows} == Limits().model_dump()


def test_every_key_of_the_report_is_documented() -> None:
    page = (REFERENCE / "report.md").read_text()
    assert [name for name in Report.model_fields if f"`{name}" not in page] == []


def test_the_intake_page_gives_the_limits_and_names_that_hold() -> None:
    page, limits = (REFERENCE / "intake.md").read_text(), IntakeLimits()
    sizes = (limits.packed_bytes, limits.unpacked_bytes, limits.notebook_bytes)
    counts = (limits.files, limits.entries, limits.path_bytes, limits.name_bytes, limits.depth)
    told = [f"{size // 10**6} MB" for size in sizes] + [f"{count:,}" for count in counts]
    told += [f"{3 * limits.packed_bytes // 10**6} MB and {limits.git_seconds:.0f} seconds"]
    told += [f"`{name}`" for name in (*JUNK_FOLDERS, *JUNK_FILES, *SKIPPED, *WELL_KNOWN)]
    assert [text for text in told if text not in page] == []
    assert ", ".join(f"`{name}`" for name in WELL_KNOWN) in page


def test_the_digest_is_what_the_intake_page_says(tmp_path: Path) -> None:
    assert "`LENGTH:PATH:BYTES:SHA256` and a newline" in (REFERENCE / "intake.md").read_text()
    files = {"b.py": b"print(1)\n", "a/\u00e9.txt": b"\0\1"}
    for name, data in files.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_bytes(data)
    lines = [
        f"{len(name.encode())}:{name}:{len(data)}:{hashlib.sha256(data).hexdigest()}\n"
        for name, data in sorted(files.items())
    ]
    told = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert take(str(tmp_path / "work"), tmp_path / "store").digest == told


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", (REFERENCE / "intake.md").read_text(), re.DOTALL))
def test_the_run_settings_that_are_shown_choose_what_they_name(tmp_path: Path, block: str) -> None:
    work = tmp_path / "work"
    (work / "src").mkdir(parents=True)
    (work / "src" / "main.py").write_text("")
    (work / "predict.py").write_text("")
    (work / ("pyproject.toml" if "tool" in block else "takehome.toml")).write_text(block)
    plan = make_plan(take(str(work), tmp_path / "store"), None, Limits())
    assert plan.entry_point.argv == ("python", "src/main.py")
