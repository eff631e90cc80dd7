"""`python -m bot COMMAND`: what ./linli calls."""

from bot.cli.main import app

app()
