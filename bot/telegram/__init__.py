"""Telegram: one channel of the desk. It receives, it delivers; what is said is decided below."""
