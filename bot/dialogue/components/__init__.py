"""The graph components of the assistant: thin wraps around `bot.language`."""
