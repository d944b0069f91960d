"""What becomes of commits that runs handed in, told to GitHub as its App: a check run on each, and one comment."""
