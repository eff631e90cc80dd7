"""What Rasa imports without need when it serves: half of its memory, and half of its start.

Rasa imports every channel, store, broker and neural part it knows, whatever the configuration
names. The engine process uses none of what stands here, so it gets the stand-ins of
`tensorflow_stub` instead. Training does not: it uses scikit-learn. Should the configuration ever
name one of these parts, take its packages off the list; a stand-in that is put to work fails.
"""

from __future__ import annotations

from bot.dialogue import tensorflow_stub

UNUSED: dict[str, tuple[str, ...]] = {
    "sparse features and neural policies; our classifiers predict with NumPy alone": (
        "scipy",
        "sklearn",
        "safetensors",
    ),
    "plots and progress bars of tests and training": ("matplotlib", "tqdm"),
    "channels of other services; people reach Linli through its own gateway": (
        "aiogram",
        "fbmessenger",
        "google",
        "slack_sdk",
        "socketio",
        "twilio",
        "webexteamssdk",
    ),
    "tracker stores, lock stores and event brokers that endpoints.yml does not name": (
        "aiormq",
        "boto3",
        "pymongo",
        "redis",
    ),
    "signatures with public keys; nobody signs in at the engine, which is on loopback": (
        "cryptography",
    ),
    "questions at the terminal": ("prompt_toolkit", "questionary"),
    "reminders; deadlines are the worker's": ("apscheduler",),
    "telemetry, which is off, and models fetched from a server": (
        "cachecontrol",
        "requests",
    ),
}


def install() -> None:
    """Before the first import of Rasa, in the process that serves and in no other."""
    tensorflow_stub.install()
    tensorflow_stub.stand_in_for(package for group in UNUSED.values() for package in group)
