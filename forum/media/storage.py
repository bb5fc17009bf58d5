"""Where the bytes are: a folder, or a bucket that speaks S3. What is slow is done off the event loop."""

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

from forum.config import Config, ConfigError
from forum.core.off_loop import off_loop

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
PATIENCE = timedelta(seconds=20)


class Storage(Protocol):
    """Keys are `day/random/part`. A part is there whole or not at all."""

    def put(self, key: str, source: Path) -> None: ...
    def read(self, key: str) -> Iterator[bytes]:
        """Piece by piece. Raises FileNotFoundError before the first one."""
        ...

    def delete(self, prefix: str) -> None:
        """All parts below `day/random`; none is no fault."""
        ...

    def keys_of(self, day: str) -> Iterable[str]:
        """Every `day/random` of a day."""
        ...

    def try_out(self) -> None:
        """Write and delete something; raises where that fails."""
        ...


def storage() -> Storage:
    found: Storage = current_app.extensions["forum_media"]
    return found


def open_storage(config: Config) -> Storage:
    parts = urlsplit(config.media_url)
    if parts.scheme == "s3":
        if find_spec("obstore") is None:
            raise ConfigError(
                "MEDIA_URL begins with s3://, which needs one more package: pip install 'collegium[s3]'"
            )
        return Bucket(config)
    return Folder(Path(unquote(parts.path)))


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, source: Path) -> None:
        off_loop(self._put, key, source)

    def _put(self, key: str, source: Path) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, half = tempfile.mkstemp(dir=path.parent, prefix=".half-")
        try:
            with os.fdopen(descriptor, "wb") as file, source.open("rb") as from_file:
                shutil.copyfileobj(from_file, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(half)
            raise

    def read(self, key: str) -> Iterator[bytes]:
        return _pieces(off_loop(self._path(key).open, "rb"))

    def delete(self, prefix: str) -> None:
        off_loop(shutil.rmtree, self._path(prefix), ignore_errors=True)
        with contextlib.suppress(OSError):
            self._path(prefix).parent.rmdir()  # of the day, once nothing is left of it

    def keys_of(self, day: str) -> Iterable[str]:
        folder = self._path(day)
        return [f"{day}/{path.name}" for path in sorted(folder.iterdir())] if folder.is_dir() else []

    def try_out(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = self.root / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()

    def _path(self, key: str) -> Path:
        path = self.root / key
        if ".." in path.parts or not path.is_relative_to(self.root):
            raise ValueError(f"no key: {key!r}")
        return path


class Bucket:
    """S3 and what speaks like it: `s3://bucket/prefix?endpoint=…&region=…`."""

    def __init__(self, config: Config) -> None:
        from obstore.store import S3Store

        parts = urlsplit(config.media_url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        endpoint = asked.get("endpoint")
        known: dict[str, Any] = {
            "region": asked.get("region") or "us-east-1",
            "access_key_id": config.media_keys[0],
            "secret_access_key": config.media_keys[1],
            "virtual_hosted_style_request": endpoint is None,
        }
        if endpoint:
            known["endpoint"] = endpoint
        self.store: Any = S3Store(
            parts.netloc,
            prefix=unquote(parts.path).strip("/") or None,
            config=cast(Any, known),
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": PATIENCE,
            },
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )

    def put(self, key: str, source: Path) -> None:
        import obstore

        off_loop(obstore.put, self.store, key, source)

    def read(self, key: str) -> Iterator[bytes]:
        import obstore

        found = off_loop(obstore.get, self.store, key)  # raises FileNotFoundError
        return _in_turn(iter(found.stream(min_chunk_size=CHUNK)))

    def delete(self, prefix: str) -> None:
        off_loop(self._delete, prefix)

    def _delete(self, prefix: str) -> None:
        import obstore

        keys = [item["path"] for batch in obstore.list(self.store, prefix=prefix) for item in batch]
        if keys:
            obstore.delete(self.store, keys)

    def keys_of(self, day: str) -> Iterable[str]:
        found: list[str] = off_loop(self._keys_of, day)
        return found

    def _keys_of(self, day: str) -> list[str]:
        import obstore

        return sorted(obstore.list_with_delimiter(self.store, prefix=day)["common_prefixes"])

    def try_out(self) -> None:
        import obstore

        obstore.put(self.store, ".doctor", b"")
        obstore.delete(self.store, [".doctor"])


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file. What one piece holds is read at once, and the file closed, however long the answer lives."""
    try:
        first = off_loop(file.read, CHUNK)
    except BaseException:
        file.close()
        raise
    if len(first) < CHUNK:
        file.close()
        return iter([first])
    return _with_rest(first, file)


def _with_rest(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield first
        while piece := off_loop(file.read, CHUNK):
            yield piece


def _in_turn(stream: Iterator[Any]) -> Iterator[bytes]:
    while (piece := off_loop(next, stream, None)) is not None:
        yield bytes(piece)
