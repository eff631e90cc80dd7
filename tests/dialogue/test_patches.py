"""Every function of Rasa that is replaced is the one its patch was written for, and removable."""

from __future__ import annotations

import inspect

import pytest

from bot.desk.errors import BadSetting
from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

import rasa  # noqa: E402

from bot.dialogue import patches  # noqa: E402
from bot.dialogue.patches.patch import ABSENT, Change  # noqa: E402

PATCHES = patches.registry()
CHANGES = [
    pytest.param(change, id=f"{patch.name}-{getattr(change.owner, '__name__', '')}")
    for patch in PATCHES
    for change in patch.changes
]


def test_rasa_is_the_version_the_patches_were_written_for() -> None:
    assert rasa.__version__ == "3.6.21"


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_patched_is_still_what_we_know(change: Change) -> None:
    assert change.source_now() == change.source, (
        f"{change.owner.__name__}.{change.attribute} of Rasa has changed: read it again, and its "
        "patch with it"
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_made_and_taken_back(change: Change) -> None:
    before = inspect.getattr_static(change.owner, change.attribute, ABSENT)
    change.apply()
    assert inspect.getattr_static(change.owner, change.attribute) is not before
    change.undo()
    assert inspect.getattr_static(change.owner, change.attribute, ABSENT) is before


def test_a_patch_can_be_left_out_by_its_name() -> None:
    left = [patch.name for patch in patches.chosen(PATCHES, ["graph", "event_types"])]
    assert left == [p.name for p in PATCHES if p.name not in ("graph", "event_types")]


def test_all_leaves_out_what_is_only_there_for_speed() -> None:
    left = patches.chosen(PATCHES, ["all"])
    assert [patch.name for patch in left] == ["loud_actions", "loud_store", "action_timeout"]


def test_an_unknown_name_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(BadSetting) as refused:
        patches.chosen(PATCHES, ["graph", "grpah"])
    assert "grpah" in str(refused.value)
    for name in ("all", *(patch.name for patch in PATCHES)):
        assert name in str(refused.value)


def test_no_two_patches_share_a_name_or_a_place() -> None:
    places = [(c.owner, c.attribute) for patch in PATCHES for c in patch.changes]
    assert len(set(places)) == len(places)
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)
