"""The settings: one typed record, read once from the environment by the entry points.

Every variable is documented in docs/settings.md (a test compares the two). A secret can also come
from a file named in NAME_FILE, the way container platforms hand secrets over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.desk.errors import BadSetting

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator may choose. Ports 0..65535 (0: any free port); times in seconds,
    but talk_days in days.
    """

    data_dir: Path
    models: Path
    database_url: str
    engine_port: int = 5005
    actions_port: int = 5055
    web_port: int = 8080
    web_host: str = "127.0.0.1"
    telegram_token: str | None = None
    telegram_api: str = "https://api.telegram.org"
    engine_timeout: float = 10.0
    action_timeout: float = 5.0
    patches_off: tuple[str, ...] = ()
    log_level: str = "INFO"
    talk_days: int = 30

    @property
    def photos(self) -> Path:
        return self.data_dir / "photos"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def tracker_url(self) -> str:
        """The dialogue engine's own small database: engine room, not a record of anything."""
        if self.database_url.startswith("sqlite"):
            return f"sqlite:///{self.data_dir / 'engine.db'}"
        return self.database_url


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of `environ`; raises BadSetting with the variable's name."""
    data_dir = Path(environ.get("LINLI_DATA_DIR") or CHECKOUT / "var").expanduser().resolve()
    default_url = f"sqlite:///{data_dir / 'linli.db'}"
    return Settings(
        data_dir=data_dir,
        models=Path(environ.get("LINLI_MODELS_DIR") or data_dir / "models").expanduser().resolve(),
        database_url=_database_url(_secret(environ, "LINLI_DATABASE_URL") or default_url),
        engine_port=_port(environ, "LINLI_ENGINE_PORT", 5005),
        actions_port=_port(environ, "LINLI_ACTIONS_PORT", 5055),
        web_port=_port(environ, "LINLI_WEB_PORT", 8080),
        web_host=environ.get("LINLI_WEB_HOST") or "127.0.0.1",
        telegram_token=_secret(environ, "LINLI_TELEGRAM_TOKEN"),
        telegram_api=environ.get("LINLI_TELEGRAM_API") or "https://api.telegram.org",
        engine_timeout=_seconds(environ, "LINLI_ENGINE_TIMEOUT", 10.0),
        action_timeout=_seconds(environ, "LINLI_ACTION_TIMEOUT", 5.0),
        patches_off=_names(environ, "LINLI_PATCHES_OFF"),
        log_level=_one_of(environ, "LINLI_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        talk_days=_days(environ, "LINLI_TALK_DAYS", 30),
    )


def to_environ(settings: Settings) -> dict[str, str]:
    """The variables that make a child process read the same settings."""
    return {
        "LINLI_DATA_DIR": str(settings.data_dir),
        "LINLI_MODELS_DIR": str(settings.models),
        "LINLI_DATABASE_URL": settings.database_url,
        "LINLI_ENGINE_PORT": str(settings.engine_port),
        "LINLI_ACTIONS_PORT": str(settings.actions_port),
        "LINLI_WEB_PORT": str(settings.web_port),
        "LINLI_WEB_HOST": settings.web_host,
        "LINLI_TELEGRAM_TOKEN": settings.telegram_token or "",
        "LINLI_TELEGRAM_API": settings.telegram_api,
        "LINLI_ENGINE_TIMEOUT": str(settings.engine_timeout),
        "LINLI_ACTION_TIMEOUT": str(settings.action_timeout),
        "LINLI_PATCHES_OFF": ",".join(settings.patches_off),
        "LINLI_LOG_LEVEL": settings.log_level,
        "LINLI_TALK_DAYS": str(settings.talk_days),
    }


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name) or None
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise BadSetting(
            variable=f"{name}_FILE", value=path, expected="a file of UTF-8 text"
        ) from None
    except OSError as error:
        raise BadSetting(
            variable=f"{name}_FILE", value=path, expected=f"a readable file ({error.strerror})"
        ) from None
    if not secret:  # an empty secret must not fall back to a default in silence
        raise BadSetting(variable=f"{name}_FILE", value=path, expected="a file with the secret")
    return secret


def _database_url(url: str) -> str:
    if url.startswith("postgres://"):  # the spelling hosting platforms use
        url = "postgresql" + url[len("postgres") :]
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        scheme = url.split(":", 1)[0]  # never the whole value: it may hold a password
        raise BadSetting(
            variable="LINLI_DATABASE_URL",
            value=scheme,
            expected="sqlite:///… or postgresql://…",
        )
    return url


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or int(value) > 65535:
        raise BadSetting(variable=name, value=value, expected="a port number, 0 to 65535")
    return int(value)


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    value = environ.get(name) or str(default)
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 600:
        raise BadSetting(variable=name, value=value, expected="seconds, more than 0, up to 600")
    return seconds


def _days(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= 3650:
        raise BadSetting(variable=name, value=value, expected="days, 1 to 3650")
    return int(value)


def _names(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Names with commas between them. Which there are is known to the part they belong to."""
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _one_of(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name) or choices[0]
    if value not in choices:
        raise BadSetting(variable=name, value=value, expected="one of " + ", ".join(choices))
    return value
