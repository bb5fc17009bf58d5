"""Configuration: checked at the start, one clear line for each fault."""

import stat
from pathlib import Path

import pytest

from forum.config import Config, ConfigError
from forum.web.headers import content_security_policy

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
PRODUCTION = {"FORUM_ENV": "production", "SITE_URL": "https://f.example.org"}


def read(root: Path, **environ: str) -> Config:
    return Config.from_environment({"SECRET_KEY": KEY, **environ}, root=root)


def test_nothing_set_gives_sqlite_in_the_instance_folder_and_a_key_of_its_own(tmp_path: Path) -> None:
    config = Config.from_environment({}, root=tmp_path)
    assert config.database_url == f"sqlite:///{tmp_path}/instance/forum.db"
    key_file = tmp_path / "instance" / "secret_key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert Config.from_environment({}, root=tmp_path).secret_key == config.secret_key
    assert len(config.secret_key) >= 32


KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
FAULTS = [
    ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must be like"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "in memory"),
    ({"DATABASE_URL": "sqlite:////nonexistent/x.db"}, "there is no such folder"),
    ({"DATABASE_URL": "sqlite:////tmp"}, "names a folder"),
    ({"DATABASE_URL": "sqlite://x.db"}, "DATABASE_URL must be like"),
    ({"DATABASE_URL": "postgresql://u@h:abc/x"}, "DATABASE_URL cannot be read"),
    ({"DATABASE_URL": "postgresql://[::1/x"}, "DATABASE_URL cannot be read"),
    ({"DATABASE_URL": "postgresql://u@h"}, "names no database"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
    ({"SECRET_KEY": "a" * 40}, "not random"),
    ({"SECRET_KEY_FALLBACKS": f"{KEY} short"}, "SECRET_KEY_FALLBACKS is too short"),
    ({"SECRET_KEY_FALLBACKS": "b" * 40}, "SECRET_KEY_FALLBACKS is not random"),
    ({"SITE_URL": "forum.example.org"}, "SITE_URL"),
    ({"SITE_URL": "https://forum.example.org/community"}, "without a path"),
    ({"SITE_URL": "https://forum.example.org:port"}, "SITE_URL"),
    ({"SITE_URL": "https://forum.example.org:0"}, "SITE_URL"),
    ({"SITE_URL": "https://forum.example.org:"}, "SITE_URL"),
    ({"SITE_URL": "https://a b"}, "SITE_URL"),
    ({"SITE_URL": "https://a;script-src *"}, "SITE_URL"),
    ({"SITE_URL": "https://a;script-src"}, "is no host"),
    ({"SITE_URL": "https://a'self'"}, "is no host"),
    ({"SITE_URL": "https://a,b"}, "is no host"),
    ({"SITE_URL": "https://forum.example.org\\evil"}, "SITE_URL"),
    ({"SITE_URL": "https://me@forum.example.org"}, "SITE_URL"),
    ({"SITE_URL": "https://forum.example.org?x"}, "SITE_URL"),
    ({"SITE_URL": "https://forum.example.org#x"}, "SITE_URL"),
    ({"SITE_URL": "https://forum..org"}, "is no host"),
    ({"SITE_URL": "https://10.0.0.300"}, "is no host"),
    ({"SITE_URL": "https://[::1"}, "SITE_URL"),
    ({"SITE_URL": "https://straße.example"}, "is no host"),
    ({"SITE_NAME": "Two\nlines"}, "SITE_NAME has a line break"),
    ({"REDIS_URL": "http://localhost"}, "REDIS_URL must begin with"),
    ({"REDIS_URL": "redis://[x"}, "REDIS_URL cannot be read"),
    ({"REDIS_URL": "redis://h:abc"}, "REDIS_URL cannot be read"),
    ({"REDIS_URL": "redis://"}, "REDIS_URL must begin with"),
    ({"REDIS_URL": "redis://h/first"}, "is not the number of a database"),
    ({"REDIS_URL": "unix://run/redis"}, "path of the socket"),
    ({"MAIL_URL": "ftp://localhost"}, "MAIL_URL must begin with"),
    ({"MAIL_URL": "smtp://[x"}, "MAIL_URL cannot be read"),
    ({"MAIL_URL": "smtp://"}, "MAIL_URL must begin with"),
    ({"MAIL_URL": "smtp://h:abc"}, "MAIL_URL cannot be read"),
    ({"MAIL_URL": "smtp://h/path"}, "%2F"),
    ({"MAIL_URL": "smtp://:secret@h"}, "no user"),
    ({"MAIL_URL": "file:relative"}, "the whole path of a folder"),
    ({"MAIL_URL": "file://rel/x"}, "the whole path of a folder"),
    ({"MAIL_FROM": "notanaddress"}, "MAIL_FROM must be one address"),
    ({"MAIL_FROM": "a@example.org\nBcc: b@example.org"}, "MAIL_FROM must be one address"),
    ({"MAIL_FROM": "a@example.org, b@example.org"}, "MAIL_FROM must be one address"),
    ({"MAIL_FROM": "Forum <a@example.org>"}, "MAIL_FROM must be one address"),
    ({"MAIL_FROM": "a@"}, "MAIL_FROM must be one address"),
    ({"MEDIA_URL": "ftp://bucket"}, "MEDIA_URL must begin with"),
    ({"MEDIA_URL": "s3://bucket"}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set"),
    ({"MEDIA_URL": "s3://b", **KEYS}, "'b' is no bucket"),
    ({"MEDIA_URL": "s3://bucket/../x", **KEYS}, "is no prefix"),
    ({"MEDIA_URL": "s3://bucket?endpoint=ftp://x", **KEYS}, "'ftp://x' is no endpoint"),
    ({"MEDIA_URL": "s3://bucket?zone=x", **KEYS}, "takes endpoint and region"),
    ({"MEDIA_URL": "s3://bucket?region=x&region=y", **KEYS}, "takes endpoint and region"),
    ({"MEDIA_URL": "file://rel/x"}, "MEDIA_URL must begin with"),
    ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "99"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "9" * 5000}, "TRUSTED_PROXIES"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ({"RATE_LIMITS": "perhaps"}, "RATE_LIMITS"),
    ({"FORUM_ENV": "staging"}, "FORUM_ENV"),
    ({"FORUM_ENV": "production"}, "SITE_URL must be set"),
    (PRODUCTION | {"RATE_LIMITS": "off"}, "refused in production"),
    (PRODUCTION | {"FLASK_DEBUG": "1"}, "FLASK_DEBUG and --debug are refused"),
    (PRODUCTION | {"FLASK_DEBUG": "yes"}, "FLASK_DEBUG and --debug are refused"),
    ({"SITE_ADDRESS": "https://f.example.org"}, "SITE_ADDRESS is not a setting"),
    ({"FORUM_EVN": "production"}, "FORUM_EVN is not a setting"),
]


@pytest.mark.parametrize(("environ", "says"), FAULTS)
def test_a_fault_stops_the_start_with_one_line_that_names_it(
    tmp_path: Path, environ: dict[str, str], says: str
) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, **environ)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, SECRET_KEY="x", MAIL_URL="smtp://", REDIS_URL="redis://h:abc", FORUM_EVN="production")
    lines = str(fault.value).splitlines()
    assert all(line.startswith("configuration: ") for line in lines)
    assert [line.split()[1] for line in lines] == ["FORUM_EVN", "SECRET_KEY", "REDIS_URL", "MAIL_URL"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://Forum.Example.ORG", "https://forum.example.org"),
        ("HTTPS://forum.example.org/", "https://forum.example.org"),
        ("https://forum.example.org:443", "https://forum.example.org"),
        ("http://forum.example.org:80", "http://forum.example.org"),
        ("http://forum.example.org:443", "http://forum.example.org:443"),
        ("https://forum.example.org:8443", "https://forum.example.org:8443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_address_of_the_site_is_kept_as_browsers_write_it(tmp_path: Path, given: str, used: str) -> None:
    config = read(tmp_path, SITE_URL=given)
    assert config.site_url == used
    assert f"ws{used.removeprefix('http')}" in content_security_policy(config)


def test_what_is_well_formed_is_taken(tmp_path: Path) -> None:
    for environ in (
        {"DATABASE_URL": "postgresql:///forum?host=/run/postgresql"},
        {"DATABASE_URL": "postgresql://u:p%40ss@[::1]:5432/forum"},
        {"DATABASE_URL": f"sqlite:///{tmp_path}/a folder of mine.db"},
        {"REDIS_URL": "redis://:secret@cache_1:6379/2"},
        {"REDIS_URL": "unix:///run/redis.sock?db=3"},
        {"MAIL_URL": "smtp://me%40example.org:s%2Fcret@mail:587"},
        {"MAIL_URL": "file:///var/mail/forum"},
        {"MAIL_FROM": "forum+notes@example.org", "LOG_LEVEL": "debug"},
        {"FLASK_DEBUG": "1"},
        PRODUCTION | {"FLASK_DEBUG": "0", "SECRET_KEY_FALLBACKS": f"{KEY}1 {KEY}2"},
    ):
        read(tmp_path, **environ)


def test_a_key_that_was_written_badly_is_told(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_text("short\n")
    with pytest.raises(ConfigError, match="secret_key cannot be used: is too short"):
        Config.from_environment({}, root=tmp_path)


def test_installations_are_told_apart_by_where_their_data_is(tmp_path: Path) -> None:
    urls = ["postgresql://u:p@db/f", "postgresql://u:other@db/f", "postgresql://u:p@db/g"]
    first, same, other = (read(tmp_path, DATABASE_URL=url).installation for url in urls)
    assert first == same
    assert first != other


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
