"""Configuration: checked at the start, one clear line for each fault."""

import stat
from pathlib import Path

import pytest

from forum.config import Config, ConfigError

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def read(root: Path, **environ: str) -> Config:
    return Config.from_environment({"SECRET_KEY": KEY, **environ}, root=root)


def test_nothing_set_gives_sqlite_in_the_instance_folder_and_a_key_of_its_own(tmp_path: Path) -> None:
    config = Config.from_environment({}, root=tmp_path)
    assert config.database_url == f"sqlite:///{tmp_path}/instance/forum.db"
    key_file = tmp_path / "instance" / "secret_key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert Config.from_environment({}, root=tmp_path).secret_key == config.secret_key
    assert len(config.secret_key) >= 32


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "in memory"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "a" * 40}, "not random"),
        ({"SITE_URL": "forum.example.org"}, "SITE_URL"),
        ({"SITE_URL": "https://forum.example.org/community"}, "without a path"),
        ({"SITE_URL": "https://forum.example.org:port"}, "SITE_URL"),
        ({"REDIS_URL": "http://localhost"}, "REDIS_URL must begin with"),
        ({"MAIL_URL": "ftp://localhost"}, "MAIL_URL must begin with"),
        ({"MEDIA_URL": "s3://bucket"}, "MEDIA_URL must begin with"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "99"}, "TRUSTED_PROXIES"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"RATE_LIMITS": "perhaps"}, "RATE_LIMITS"),
        ({"FORUM_ENV": "staging"}, "FORUM_ENV"),
        ({"FORUM_ENV": "production"}, "SITE_URL must be set"),
        (
            {"FORUM_ENV": "production", "SITE_URL": "https://f.example.org", "RATE_LIMITS": "off"},
            "refused in production",
        ),
        ({"SITE_ADDRESS": "https://f.example.org"}, "SITE_ADDRESS is not a setting"),
        ({"FORUM_EVN": "production"}, "FORUM_EVN is not a setting"),
    ],
)
def test_a_fault_stops_the_start_with_one_line_that_names_it(
    tmp_path: Path, environ: dict[str, str], says: str
) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, **environ)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_good_production_configuration_is_taken(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        FORUM_ENV="production",
        SITE_URL="https://forum.example.org/",
        DATABASE_URL="postgres://u:p@db/f",
    )
    assert config.site_url == "https://forum.example.org"
    assert config.session_cookie == "__Host-sid"
    assert config.database_url == "postgresql+psycopg://u:p@db/f"
    assert config.mail_from == "forum@forum.example.org"


def test_neither_the_key_nor_a_password_is_shown(tmp_path: Path) -> None:
    config = read(tmp_path, DATABASE_URL="postgresql://u:hunter2@db/f", MAIL_URL="smtp://me:hunter2@mail")
    assert KEY not in repr(config)
    assert "hunter2" not in str(config.summary())


def test_a_file_beside_the_program_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"SECRET_KEY={KEY}\nSITE_NAME=From the file\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    for name in ("SECRET_KEY", "SITE_NAME", "DATABASE_URL", "INSTANCE_PATH"):
        monkeypatch.delenv(name, raising=False)
    config = Config.from_environment(root=tmp_path)
    assert (config.site_name, config.log_level) == ("From the file", "ERROR")
