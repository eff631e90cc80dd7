"""The policy library: a question in, an answer with its article or an honest no out."""

from bot.library.entries import Entry, load
from bot.library.library import Citation, Library, PolicyAnswer
from bot.library.limits import Status

__all__ = ["Citation", "Entry", "Library", "PolicyAnswer", "Status", "load"]
