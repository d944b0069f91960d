"""The report as JSON, HTML, Markdown and in the terminal."""
