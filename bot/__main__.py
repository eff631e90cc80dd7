"""`python -m bot COMMAND`: what ./linli calls."""

from bot.cli.main import app

# A process that this one starts imports this file too, and must not run the command again.
if __name__ == "__main__":
    app()
