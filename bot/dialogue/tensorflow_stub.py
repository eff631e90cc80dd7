"""Stands in for TensorFlow, which Rasa imports without need.

Rasa 3.6 imports TensorFlow from `rasa.core.policies.policy` whatever the pipeline is. None of its
neural components is used here, so the lock leaves TensorFlow out (1.9 GB on disk, 1.3 GB in
memory) and every entry point calls `install()` before the first import of Rasa. Each name of a
stubbed module is a class that can be subclassed, called, indexed or used as a decorator, and does
nothing; using one for real work fails loudly in Rasa's own code.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

TENSORFLOW = (
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_text",
    "tensorflow_hub",
    "keras",
)


class _Meta(type):
    """A class whose every attribute, item and call is again such a class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _named(name)

    def __getitem__(cls, _item: Any) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # Decorators such as @tf.function hand over what they decorate: give it back.
        if cls.__module__ == __name__ and len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        return super().__call__()

    def __instancecheck__(cls, _instance: Any) -> bool:
        return False


class _Stub(ModuleType):
    __version__ = "2.12.0"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # a package, so that its parts can be imported

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _named(name)
        setattr(self, name, value)
        return value


def _named(name: str) -> type:
    if name.endswith(("Error", "Exception", "Failure")):
        return type(name, (Exception,), {})  # what is in an `except` has to be one
    return _Meta(name, (), {"__module__": __name__})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self) -> None:
        self.stubbed: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in self.stubbed:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Stub(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


_finder = _Finder()


def install() -> None:
    """Make `import tensorflow` succeed without TensorFlow; calling it again changes nothing."""
    stand_in_for(TENSORFLOW)


def stand_in_for(packages: Iterable[str]) -> None:
    """Every import of these packages from now on gets a stand-in."""
    _finder.stubbed.update(packages)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def is_stand_in(module: ModuleType | None) -> bool:
    return isinstance(module, _Stub)
