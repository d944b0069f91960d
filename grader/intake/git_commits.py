"""The commits that led to one: fetched into a bare repository of our own, and listed with what each changed."""

from __future__ import annotations

from pathlib import Path

from grader.intake.git import Repository

LOG_BYTES = 20_000_000


class CommitRepository(Repository):
    """A bare repository that holds the commits before one, and their files where they could be had."""

    def fetch_history(self, url: str, ref: str, most: int, *, whole: bool) -> None:
        """Fetch the newest `most` commits, `whole` or without their files, where the server can do that."""
        words = ["fetch", "--quiet", f"--depth={most}", "--no-tags", "--no-recurse-submodules"]
        words += [] if whole else ["--filter=tree:0"]
        self._git(*words, "--", url, ref, watched=True, far=not url.startswith("file:"))

    def adopt(self, objects: Path, commit: str, shallow: list[str]) -> None:
        """Take in objects that are there as files, and name `commit`; packs are indexed anew, which checks them."""
        for path in sorted(objects.rglob("*")):
            if path.is_file():
                target = self._folder / "objects" / path.relative_to(objects)
                target.parent.mkdir(exist_ok=True)
                path.rename(target)
                if target.suffix == ".pack":
                    self._git("index-pack", str(target), watched=True)
        if shallow:
            (self._folder / "shallow").write_text("\n".join(shallow) + "\n")
        self._git("config", "uploadpack.allowFilter", "true")
        self._git("update-ref", "refs/heads/given", commit)

    def is_shallow(self) -> bool:
        """Say whether there are commits before those that are here."""
        return (self._folder / "shallow").is_file()

    def log(self, commit: str, *, changes: bool) -> bytes:
        """Return the commit and those before it along first parents, the newest first: "tree time author\\x1fsubject",
        and with `changes` "added\\tremoved\\tpath" of each file, every part ended by NUL.
        """
        words = ["log", "-z", "--first-parent", "--no-mailmap", "--format=%T %at %ae%x1f%s"]
        words += ["--numstat", "--no-renames", "--no-ext-diff", "--no-textconv"] if changes else []
        return self._git(*words, commit, bounded=LOG_BYTES)
