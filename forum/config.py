"""Configuration from the environment: read once, checked, frozen. The only reader of the environment."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from dotenv import dotenv_values

from forum.config_values import (
    LOG_LEVELS,
    Values,
    database_address,
    mail_address,
    one_line,
    redis_address,
    secret,
    sender,
    site_address,
    storage_address,
)


class ConfigError(SystemExit):
    """Faults in the configuration: one clear line for each."""

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(f"configuration: {message}" for message in messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Config:
    """What a deployment decides. What a society decides is in `core.settings`."""

    database_url: str
    secret_key: str = field(repr=False)
    instance_path: Path
    redis_url: str | None = None
    site_url: str | None = None
    site_name: str | None = None
    mail_url: str = ""
    mail_from: str = "forum@localhost"
    media_url: str = ""
    media_keys: tuple[str, str] = field(default=("", ""), repr=False)
    trusted_proxies: int = 0
    log_level: str = "INFO"
    rate_limits: bool = True
    env: Literal["development", "production"] = "development"
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        return bool(self.site_url and self.site_url.startswith("https://"))

    @property
    def installation(self) -> str:
        """Tells this installation from others that share a Redis with it: a digest of where its data is."""
        return hashlib.blake2s(_without_password(self.database_url).encode(), digest_size=6).hexdigest()

    @property
    def session_cookie(self) -> str:
        return "__Host-sid" if self.is_https else "sid"

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, *, root: Path | None = None
    ) -> "Config":
        """Read `.env` and the environment (which wins); raise ConfigError with one line for each fault."""
        root = root or Path.cwd()
        if environ is None:
            from_file = {k: v for k, v in dotenv_values(root / ".env").items() if v is not None}
            environ = {**from_file, **os.environ}
        values = Values(environ)
        instance = Path(values.get("INSTANCE_PATH") or root / "instance").absolute()
        production = values.one_of("FORUM_ENV", "development", {"development", "production"}) == "production"
        site_url = values.checked("SITE_URL", site_address)
        host = urlsplit(site_url or "").hostname or "localhost"
        host = "localhost" if ":" in host else host
        config = cls(
            database_url=values.checked("DATABASE_URL", lambda url: database_address(url, root, instance))
            or f"sqlite:///{root.absolute() / 'instance' / 'forum.db'}",
            secret_key=values.checked("SECRET_KEY", secret) or "",
            secret_key_fallbacks=tuple(
                (
                    values.checked("SECRET_KEY_FALLBACKS", lambda keys: " ".join(map(secret, keys.split())))
                    or ""
                ).split()
            ),
            instance_path=instance,
            redis_url=values.checked("REDIS_URL", redis_address),
            site_url=site_url,
            site_name=values.checked("SITE_NAME", one_line),
            mail_url=values.checked("MAIL_URL", mail_address) or f"file://{quote(str(instance / 'outbox'))}",
            mail_from=values.checked("MAIL_FROM", sender) or f"forum@{host}",
            media_url=values.checked("MEDIA_URL", storage_address)
            or f"file://{quote(str(instance / 'media'))}",
            media_keys=values.storage_keys(),
            trusted_proxies=values.number("TRUSTED_PROXIES", 0, 10),
            log_level=values.one_of("LOG_LEVEL", "INFO", LOG_LEVELS),
            rate_limits=values.one_of("RATE_LIMITS", "on", {"on", "off"}) == "on",
            env="production" if production else "development",
        )
        if production:
            values.faults += config.dangers(is_debugging=values.is_on("FLASK_DEBUG"))
        if values.faults:
            raise ConfigError(*values.faults)
        return config if config.secret_key else replace(config, secret_key=_own_key(instance))

    def dangers(self, *, is_debugging: bool = False) -> list[str]:
        """What would be unsafe in production."""
        found = []
        if is_debugging:
            found.append(
                "FLASK_DEBUG and --debug are refused in production: errors would show the program's insides"
            )
        if not self.rate_limits:
            found.append("RATE_LIMITS=off is refused in production")
        if not self.site_url:
            found.append("SITE_URL must be set in production, for instance https://forum.example.org")
        return found

    def summary(self) -> dict[str, str]:
        """Every value that may be shown, for `forum doctor`; keys and passwords left out."""
        hidden = {"secret_key", "secret_key_fallbacks", "media_keys"}
        return {
            f.name: _without_password(str(getattr(self, f.name)))
            for f in fields(self)
            if f.name not in hidden
        }


def _own_key(instance: Path) -> str:
    """The key of this installation, made on the first run and readable by its owner alone."""
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _read_key(path: Path) -> str:
    try:
        return secret(path.read_text("utf-8").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(f"the key in {path} cannot be used: {error}") from None


def _without_password(value: str) -> str:
    before, at, after = value.rpartition("@")
    scheme, separator, login = before.partition("://")
    return f"{scheme}{separator}{login.partition(':')[0]}{at}{after}" if at and separator else value
