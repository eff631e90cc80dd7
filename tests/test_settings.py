"""The settings, as the operator says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.desk.errors import BadSetting


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LINLI_ENGINE_PORT", "http", "a port number, 0 to 65535"),
        ("LINLI_ENGINE_PORT", "65536", "a port number, 0 to 65535"),
        ("LINLI_ACTIONS_PORT", "-1", "a port number, 0 to 65535"),
        ("LINLI_ACTIONS_PORT", "²", "a port number, 0 to 65535"),
        ("LINLI_ENGINE_TIMEOUT", "0", "seconds, more than 0, up to 600"),
        ("LINLI_ENGINE_TIMEOUT", "nan", "seconds, more than 0, up to 600"),
        ("LINLI_ACTION_TIMEOUT", "10s", "seconds, more than 0, up to 600"),
        ("LINLI_LOG_LEVEL", "LOUD", "one of INFO, DEBUG, WARNING, ERROR"),
        ("LINLI_DATABASE_URL", "mysql://db/linli", "sqlite:///… or postgresql://…"),
    ],
)
def test_a_bad_value_names_its_variable_and_what_was_expected(
    name: str, value: str, expected: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({name: value})
    assert refused.value.variable == name
    assert str(refused.value).startswith(f"{name}=")
    assert expected in str(refused.value)


def test_a_bad_database_url_does_not_show_its_password() -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({"LINLI_DATABASE_URL": "mysql://linli:secret-of-2026@db/linli"})
    assert "secret-of-2026" not in str(refused.value)


def test_without_any_variable_everything_has_a_place() -> None:
    found = settings.read({})
    assert found.database_url == f"sqlite:///{found.data_dir / 'linli.db'}"
    for folder in (found.models, found.photos, found.logs):
        assert found.data_dir in folder.parents


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    names = ("DATA_DIR", "MODELS_DIR", "DATABASE_URL", "ENGINE_PORT", "ENGINE_TIMEOUT", "LOG_LEVEL")
    assert settings.read({f"LINLI_{name}": "" for name in names}) == settings.read({})


def test_all_data_follows_the_data_folder(tmp_path: Path) -> None:
    found = settings.read({"LINLI_DATA_DIR": str(tmp_path)})
    assert found.database_url == f"sqlite:///{tmp_path / 'linli.db'}"
    assert found.tracker_url == f"sqlite:///{tmp_path / 'engine.db'}"
    assert found.models == tmp_path / "models"


@pytest.mark.parametrize("name", ["DATA_DIR", "MODELS_DIR"])
def test_a_folder_may_be_named_from_home(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = settings.read({f"LINLI_{name}": "~/linli"})
    folder = found.data_dir if name == "DATA_DIR" else found.models
    assert folder == tmp_path / "linli"


def test_the_engine_shares_a_postgresql_database_but_not_a_sqlite_file() -> None:
    shared = settings.read({"LINLI_DATABASE_URL": "postgresql://db/linli"})
    assert shared.tracker_url == shared.database_url
    own = settings.read({})
    assert own.tracker_url != own.database_url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_spellings_of_postgresql_are_understood(scheme: str) -> None:
    found = settings.read({"LINLI_DATABASE_URL": f"{scheme}://linli@db/postgres"})
    assert found.database_url == "postgresql://linli@db/postgres"


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://linli:secret-of-2026@db/linli\n", encoding="utf-8")
    found = settings.read({"LINLI_DATABASE_URL_FILE": str(secret)})
    assert found.database_url == "postgresql://linli:secret-of-2026@db/linli"


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="No such file") as refused:
        settings.read({"LINLI_DATABASE_URL_FILE": str(tmp_path / "nowhere")})
    assert refused.value.variable == "LINLI_DATABASE_URL_FILE"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"], ids=["empty", "blank", "bytes"])
def test_a_secret_file_without_a_secret_does_not_fall_back_silently(
    tmp_path: Path, content: bytes
) -> None:
    secret = tmp_path / "url"
    secret.write_bytes(content)
    with pytest.raises(BadSetting) as refused:
        settings.read({"LINLI_DATABASE_URL_FILE": str(secret)})
    assert refused.value.variable == "LINLI_DATABASE_URL_FILE"


def test_a_child_process_reads_the_same_settings(tmp_path: Path) -> None:
    found = settings.read(
        {
            "LINLI_DATA_DIR": str(tmp_path),
            "LINLI_MODELS_DIR": str(tmp_path / "m"),
            "LINLI_DATABASE_URL": "postgres://linli@db/linli",
            "LINLI_ENGINE_PORT": "0",
            "LINLI_ACTIONS_PORT": "65535",
            "LINLI_ENGINE_TIMEOUT": "2.5",
            "LINLI_ACTION_TIMEOUT": "600",
            "LINLI_LOG_LEVEL": "DEBUG",
        }
    )
    assert settings.read(settings.to_environ(found)) == found
    assert found != settings.read({})


def test_a_secret_from_a_file_reaches_a_child_process_too(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://linli@db/linli", encoding="utf-8")
    found = settings.read({"LINLI_DATABASE_URL_FILE": str(secret)})
    assert settings.read(settings.to_environ(found)) == found
