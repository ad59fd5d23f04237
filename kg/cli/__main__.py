"""`python -m kg.cli` is `egovkg`."""

from kg.cli.main import app

app()
