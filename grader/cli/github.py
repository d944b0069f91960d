"""`grader github check`: whether the App is set up right, asked of GitHub itself before anybody hands in."""

from __future__ import annotations

from grader.errors import InfrastructureError, UsageError
from grader.github.app import GithubApp, read_key
from grader.github.rest import AwayError, GithubError, RestError
from grader.settings import Settings, read_settings

SHOWN = 10
NO_APP = "GRADER_GITHUB_APP is not set"
HOW = "Set it and GRADER_GITHUB_APP_KEY: docs/how-to/hand-in-by-pushing.md says how to make an App."


def app_of(settings: Settings) -> GithubApp | None:
    """Return the App that the operator has set; None without one. Raises UsageError where its key cannot be read."""
    if settings.github_app_key is None:
        return None
    return GithubApp(settings.github_api, settings.github_app, read_key(settings.github_app_key))


def check_command(repository: str | None) -> int:
    """Print what GitHub says of the App, and of a repository where one is given; return the exit status."""
    settings = read_settings()
    app = app_of(settings)
    if app is None:
        raise UsageError(NO_APP, hint=HOW)
    try:
        slug, owners = app.slug(), app.owners()
        more = f" and {len(owners) - SHOWN} more" if len(owners) > SHOWN else ""
        print(f"GitHub knows the App: it is called {slug}.")
        print(f"It is installed at {', '.join(owners[:SHOWN])}{more}." if owners else "It is installed nowhere yet.")
        if repository is not None:
            _print_repository(app, repository)
    except AwayError as error:
        raise InfrastructureError("infrastructure.github", str(error)) from error
    except RestError as error:
        if error.status >= 500:
            raise InfrastructureError("infrastructure.github", str(error)) from error
        raise UsageError(_without_stop(error), hint=_hint(error)) from error
    except GithubError as error:
        raise UsageError(_without_stop(error)) from error
    return 0


def _print_repository(app: GithubApp, named: str) -> None:
    key, _, owner = named.partition(":")
    if not (key.isascii() and key.isdigit() and owner.isascii() and owner.isdigit()):
        raise UsageError(
            f"{named!r} are not the two numbers of a repository, ID:OWNER_ID",
            hint="""`gh api repos/OWNER/NAME --jq '"\\(.id):\\(.owner.id)"'` prints them.""",
        )
    found = app.repository(key, owner)
    print(f"{found.name} is {'private' if found.is_private else 'not private: results are not told there'}.")
    comments = "and a comment" if found.may_comment else "and no comment, for want of the permission Issues"
    print(f"Its commits get check runs {comments}.")


def _without_stop(error: GithubError) -> str:
    return str(error).rstrip(".")


def _hint(error: RestError) -> str:
    if error.status == 401:
        return "Look whether the key is this App's, GRADER_GITHUB_APP its id, and this machine's clock right."
    return ""
