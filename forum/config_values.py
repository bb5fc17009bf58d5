"""What a value of the environment must be. Each check answers the value as it is used, or raises ValueError with the reason."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

KNOWN = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SITE_URL",
    "SITE_NAME",
    "MAIL_URL",
    "MAIL_FROM",
    "MEDIA_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
    "RATE_LIMITS",
    "FORUM_ENV",
    "INSTANCE_PATH",
}
# Names with our prefix are ours: a misspelled one must stop the start instead of being ignored.
PREFIXES = ("FORUM_", "SITE_", "MAIL_", "MEDIA_", "RATE_LIMIT", "TRUSTED_PROX")
ALLOWED_UNKNOWN = {"FORUM_TEST_DATA"}
LOG_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}
MIN_KEY_LENGTH = 32
DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_CHANGED_BY_ENCODING = set("\u00df\u03c2\u200c\u200d")  # browsers keep them, the codec does not


class Values:
    """The values that are set, with every fault that was found in them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.values = {name: text.strip() for name, text in environ.items() if text.strip()}
        self.faults = [
            f"{name} is not a setting of the forum; see docs/operating.md for the names"
            for name in sorted(environ)
            if name.startswith(PREFIXES) and name not in KNOWN | ALLOWED_UNKNOWN
        ]

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def checked(self, name: str, check: Callable[[str], str]) -> str | None:
        """The value as its check answers it; None where it is not set, or is at fault."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return check(value)
        except ValueError as error:
            self.faults.append(f"{name} {error}")
            return None

    def one_of(self, name: str, default: str, allowed: set[str]) -> str:
        """The one of these words that is meant, whatever its case."""
        value = self.get(name) or default
        for word in allowed:
            if word.lower() == value.lower():
                return word
        self.faults.append(f"{name}={value!r} is not one of {', '.join(sorted(allowed))}")
        return default

    def number(self, name: str, default: int, most: int) -> int:
        text = self.get(name) or str(default)
        if text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most:
            return int(text)
        self.faults.append(f"{name}={text!r} is not a whole number from 0 to {most}")
        return default

    def storage_keys(self) -> tuple[str, str]:
        """What opens the bucket of MEDIA_URL, under the names that all programs for S3 know."""
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        missing = [name for name in names if not self.get(name)]
        if not (self.get("MEDIA_URL") or "").startswith("s3://"):
            return "", ""
        if missing:
            self.faults.append(
                f"MEDIA_URL is a bucket of S3, and {' and '.join(missing)} must be set with it"
            )
        return self.get(names[0]) or "", self.get(names[1]) or ""

    def is_on(self, name: str) -> bool:
        """Whether Flask takes this as a yes."""
        return (self.get(name) or "0").lower() not in {"0", "false", "no"}


def site_address(value: str) -> str:
    """Scheme and host as browsers write them in `Origin`: lower case, names in ASCII, no port that goes without saying."""
    like = "must be like https://forum.example.org, without a path"
    parts = _split(value, like)
    if parts.scheme not in DEFAULT_PORTS or parts.username is not None or parts.query or parts.fragment:
        raise ValueError(like)
    if parts.path not in {"", "/"} or "\\" in value or value.rstrip("/").endswith(("?", "#", ":")):
        raise ValueError(like)
    host = host_name(parts.hostname or "")
    if not host:
        raise ValueError(f"{like}: {parts.netloc!r} is no host")
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def host_name(host: str) -> str:
    """A name or an address of the internet in its one form, an IPv6 address in brackets; empty for what is none."""
    try:
        address = ipaddress.ip_address(host)
        return f"[{address.compressed}]" if address.version == 6 else address.compressed
    except ValueError:
        pass
    if _CHANGED_BY_ENCODING & set(host):
        return ""
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = name.split(".")
    is_number = labels[-1].isdigit() or labels[-1].startswith("0x")
    return name if all(map(_LABEL.fullmatch, labels)) and not is_number and len(name) <= 253 else ""


def database_address(value: str, root: Path, instance: Path) -> str:
    like = "must be like sqlite:///instance/forum.db or postgresql://user@host/name"
    scheme, _separator, rest = value.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        parts = _split(f"postgresql://{rest}", like)
        if len(parts.path) < 2:
            raise ValueError(f"{like}: it names no database")
        return "postgresql+psycopg://" + rest
    if scheme != "sqlite" or not rest.startswith("/") or len(rest) < 2:
        raise ValueError(like)
    if rest == "/:memory:":
        raise ValueError("names a database in memory, which would lose everything; name a file")
    path = (root / rest[1:]).absolute()
    folder = path.parent
    ours = instance == folder or instance in folder.parents or folder == (root / "instance").absolute()
    if path.is_dir():
        raise ValueError(f"names a folder, {path}; name a file in it")
    if not ours and not folder.is_dir():
        raise ValueError(f"names a file in {folder}, and there is no such folder: make it first")
    return f"sqlite:///{path}"


def redis_address(value: str) -> str:
    like = "must begin with redis:// or rediss:// or unix://, like redis://localhost:6379/0"
    parts = _split(value, like)
    if parts.scheme == "unix":
        if not parts.path.startswith("/") or parts.hostname:
            raise ValueError("must name the path of the socket, like unix:///run/redis.sock")
    elif parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError(like)
    elif parts.path.strip("/") and not parts.path.strip("/").isdigit():
        raise ValueError(f"{like}: {parts.path.strip('/')!r} is not the number of a database")
    return value


def mail_address(value: str) -> str:
    like = "must begin with smtp:// or smtps:// and a host, or be a folder like file:///var/mail/forum"
    parts = _split(value, like)
    if parts.scheme == "file":
        return folder_address(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(like)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"{like}; signs like / ? # in a password are written %2F %3F %23")
    if parts.password is not None and not parts.username:
        raise ValueError(f"{like}: there is a password and no user")
    return value


def folder_address(value: str) -> str:
    """`file://` and the whole path of a folder."""
    like = "must begin with file:// and the whole path of a folder, like file:///srv/forum/media"
    parts = _split(value, like)
    if parts.scheme != "file" or parts.netloc or parts.query or parts.fragment:
        raise ValueError(like)
    if not unquote(parts.path).startswith("/"):
        raise ValueError(like)
    return value


def storage_address(value: str) -> str:
    """A folder, or a bucket of S3: `s3://bucket/prefix?endpoint=https://…&region=…`."""
    like = (
        "must begin with file:// and the whole path of a folder, like file:///srv/forum/media, "
        "or name a bucket, like s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1"
    )
    parts = _split(value, like)
    if parts.scheme == "file":
        return folder_address(value)
    if parts.scheme != "s3" or parts.fragment or parts.username is not None:
        raise ValueError(like)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc):
        raise ValueError(f"{like}: {parts.netloc!r} is no bucket")
    if not re.fullmatch(r"[A-Za-z0-9/_.-]*", parts.path) or ".." in parts.path:
        raise ValueError(f"{like}: {parts.path!r} is no prefix")
    try:
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(like) from None
    if not asked.keys() <= {"endpoint", "region"} or any(len(several) > 1 for several in asked.values()):
        raise ValueError(f"{like}: it takes endpoint and region, each once")
    for endpoint in asked.get("endpoint", ()):
        try:
            site_address(endpoint)
        except ValueError:
            raise ValueError(f"{like}: {endpoint!r} is no endpoint") from None
    return value


def sender(value: str) -> str:
    """The address that mail comes from, alone."""
    local, _at, host = value.rpartition("@")
    try:
        Address(addr_spec=one_line(value))
    except Exception:  # noqa: BLE001 - the parser fails in many ways on what is no address
        local = ""
    if not local or not host_name(host) or not value.isascii() or any(sign in value for sign in ' <>,"'):
        raise ValueError(f"must be one address like forum@example.org, and {value!r} is not")
    return value


def secret(value: str) -> str:
    if len(value) < MIN_KEY_LENGTH:
        raise ValueError(f"is too short: give at least {MIN_KEY_LENGTH} random characters")
    if len(set(value)) < 8:
        raise ValueError(f"is not random: give at least {MIN_KEY_LENGTH} random characters")
    return value


def one_line(value: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} for sign in value):
        raise ValueError("has a line break or another character in it that cannot be seen")
    return value


def _split(value: str, like: str) -> SplitResult:
    """The parts of an address. Raises ValueError for one with spaces, a port that is none, or brackets left open."""
    if any(sign.isspace() or unicodedata.category(sign) == "Cc" for sign in value):
        raise ValueError(like)
    try:
        parts = urlsplit(value)
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise ValueError(f"cannot be read: it {like}") from None
    return parts
