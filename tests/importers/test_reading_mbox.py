"""Mbox files are read as a stream: every message once, found again by its place."""

import tracemalloc
from pathlib import Path

import pytest

from forum.importers.mail import mbox
from tests.importers.samples import OWN


def write(folder: Path, text: str | bytes, name: str = "a.mbox") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def bodies(path: Path) -> list[bytes]:
    return [mbox.read(path, r.offset, r.length)[1].partition(b"\n\n")[2] for r in mbox.scan(path)]


def test_each_message_is_found_again_by_its_place() -> None:
    records = list(mbox.scan(OWN / "garden.mbox"))
    assert [record.number for record in records] == [1, 2, 3, 4, 5]
    assert b"Message-ID: <rose-2@field.example>" in records[1].header
    assert bodies(OWN / "garden.mbox")[4] == b"So do I.\n"
    assert records[-1].offset + records[-1].length == (OWN / "garden.mbox").stat().st_size
    assert records[1].where == f"garden.mbox, message 2 (byte {records[1].offset})"


def test_from_in_a_body_separates_nothing_and_its_quoting_is_undone() -> None:
    body = bodies(OWN / "garden.mbox")[0]
    assert b"\nFrom then on nothing grew.\nFrom me, with *love*.\n>From is quoted twice.\n" in body


@pytest.mark.parametrize(
    "said",
    [
        "From me: text\nNote: more of it",
        "From me: text\nSubject: the same",
        "From me:\nSubject: the same",
        "From now on\nFrom: is what they write",
        "From bob@x.example, as ever\nSubject: the same",
        "From bob\nNote: a word of his",
    ],
)
@pytest.mark.parametrize("date", [" Mon Mar  1 09:00:00 1993", ""])
def test_a_sentence_after_a_blank_line_separates_nothing(tmp_path: Path, date: str, said: str) -> None:
    body = f"Hello.\n\n{said}\n\nBye."
    other = "\n\nFrom b@x{date}\nSubject: 2\n\ntwo\n"
    path = write(tmp_path, f"From a@x{date}\nSubject: 1\n\n{body}" + other.format(date=date))
    assert bodies(path) == [f"{body}\n\n".encode(), b"two\n"]


@pytest.mark.parametrize(
    "text", ["root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/:\n", "Note: this\n\nis no mail.\n"]
)
def test_a_text_with_colons_is_no_message(tmp_path: Path, text: str) -> None:
    with pytest.raises(mbox.NotMail, match="no headers of mail"):
        list(mbox.scan(write(tmp_path, text)))
    assert len(list(mbox.scan(write(tmp_path, "Subject: this\n\nis mail.\n")))) == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_any_line_ends_will_do(tmp_path: Path, end: bytes) -> None:
    lines = [
        b"",
        b"From a@x Mon Mar  1 09:00:00 1993",
        b"Subject: 1",
        b"",
        b"one",
        b"",
        b"From b@x",
        b"Subject: 2",
        b"",
        b"two",
        b"",
    ]
    path = write(tmp_path, end.join(lines))
    assert [record.header.strip() for record in mbox.scan(path)] == [b"Subject: 1", b"Subject: 2"]


def test_a_dated_separator_needs_no_blank_line_before_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "From a@x Mon Mar  1 09:00:00 1993\nSubject: 1\n\none\nFrom b@x Mon Mar  1 09:00:00 1993\nSubject: 2\n\ntwo\n",
    )
    assert bodies(path) == [b"one\n", b"two\n"]


def test_a_single_message_is_read_as_one(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Subject: alone\n\nFrom here on\n\nFrom b@x Mon Mar  1 09:00:00 1993\nSubject: quoted\n",
        "a.eml",
    )
    assert bodies(path) == [b"From here on\n\nFrom b@x Mon Mar  1 09:00:00 1993\nSubject: quoted\n"]


def test_an_empty_file_holds_nothing_and_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    assert list(mbox.scan(write(tmp_path, "\n\n"))) == []
    with pytest.raises(mbox.NotMail):
        list(mbox.scan(write(tmp_path, b"\x89PNG\r\n\x1a\n\0\0")))


def test_folders_give_what_looks_like_mail_in_a_steady_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.mbox", "a.mbox", "notes.txt", "sub/c.eml"):
        write(tmp_path, "", name)
    found = mbox.find_files([tmp_path / "notes.txt", tmp_path, tmp_path / "a.mbox"])
    assert [path.name for path in found] == ["notes.txt", "a.mbox", "b.mbox", "c.eml"]


def test_a_huge_message_is_cut_when_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "From a@x\nSubject: 1\n\n" + "x" * 500)
    monkeypatch.setattr(mbox, "READ_LIMIT", 100)
    record = next(mbox.scan(path))
    again, data, was_cut = mbox.read(path, record.offset, record.length)
    assert was_cut
    assert again.header == record.header
    assert len(data) < 100


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    message = (
        b"From a@x Mon Mar  1 09:00:00 1993\nSubject: 1\n\n"
        + b"y" * 200_000
        + b"\n"
        + b"word " * 10 * 2_000
        + b"\n\n"
    )
    path = tmp_path / "large.mbox"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(message)
    tracemalloc.start()
    assert sum(1 for _ in mbox.scan(path)) == 60
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024
