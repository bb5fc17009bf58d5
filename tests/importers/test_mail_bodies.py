"""The text of a message: the right part, the right charset, nothing lost without a word."""

import base64
import time

import pytest

from forum.importers.mail import message
from forum.importers.mail.charsets import decode
from forum.importers.mail.flowed import unenrich, unflow
from tests.importers.samples import MIME, REPLIES, needs_real_archives


def text(*lines: str | bytes, is_reply: bool = True, subject: str = "", was_cut: bool = False) -> str:
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return message.read_text(
        data,
        was_cut=was_cut,
        is_reply=is_reply,
        subject=subject,
        html_to_markdown=lambda html: f"from-html({html.strip()})",
    ).markdown


def multipart(kind: str, *parts: str) -> str:
    return "\n".join(
        [
            f'Content-Type: multipart/{kind}; boundary="b"',
            "",
            "prolog",
            *(f"--b\n{part}" for part in parts),
            "--b--",
            "",
        ]
    )


PLAIN = "Content-Type: text/plain\n\nplain"
HTML = "Content-Type: text/html\n\n<p>rich</p>"


def test_plain_is_preferred_wherever_it_stands() -> None:
    assert text(multipart("alternative", PLAIN, HTML)) == "plain"
    assert text(multipart("alternative", HTML, PLAIN)) == "plain"


def test_html_serves_where_plain_is_empty_or_only_an_excuse() -> None:
    assert (
        text(multipart("alternative", "Content-Type: text/plain\n\n  \n", HTML)) == "from-html(<p>rich</p>)"
    )
    excuse = "Content-Type: text/plain\n\nPlease use a client that can view HTML mail."
    assert text(multipart("alternative", excuse, HTML)) == "from-html(<p>rich</p>)"
    assert text(HTML) == "from-html(<p>rich</p>)"


def test_parts_that_follow_each_other_are_all_told() -> None:
    out = text(multipart("mixed", PLAIN, HTML, "Content-Type: text/plain\n\nfooter"))
    assert out == "plain\n\nfrom-html(<p>rich</p>)\n\nfooter"


def test_attachments_are_told_in_a_line() -> None:
    data = base64.b64encode(b"x" * 12_000).decode()
    attached = f'Content-Type: image/png; name="a.png"\nContent-Transfer-Encoding: base64\n\n{data}'
    encoded = "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''pl%C3%A4ne_1.pdf\n\nx"
    out = text(multipart("mixed", PLAIN, attached, encoded))
    assert (
        out
        == "plain\n\n*Attachment: a.png, 12 KB, not imported*\n\n*Attachment: pläne\\_1.pdf, 1 bytes, not imported*".replace(
            "\\_", "_"
        )
    )
    assert text(multipart("mixed", attached)) == "*Attachment: a.png, 12 KB, not imported*"


def test_a_detached_signature_is_no_attachment() -> None:
    signed = multipart("signed", PLAIN, "Content-Type: application/pgp-signature; name=s.asc\n\nxyz")
    assert text(signed) == "plain"


def test_a_forwarded_message_is_quoted_and_told_whose_it_was() -> None:
    inner = "From: Ann <ann@x.example>\nSubject: Roses\nDate: 1 Mar 1993 09:00:00 GMT\n\nfirst\n\nsecond"
    out = text(multipart("mixed", PLAIN, f"Content-Type: message/rfc822\n\n{inner}"))
    assert (
        out
        == "plain\n\nForwarded message: Ann, 1 Mar 1993 09\\:00\\:00 GMT, Roses\n\n> first\n>\n> second".replace(
            "\\:", ":"
        )
    )


def test_a_message_without_text_says_so() -> None:
    assert text("Subject: x", "", "  ", "") == message.EMPTY
    assert text("Subject: x") == message.EMPTY


def test_a_broken_multipart_is_shown_as_it_stands() -> None:
    assert text('Content-Type: multipart/mixed; boundary="b"', "", "no boundary here") == "no boundary here"


def test_an_unheard_of_type_is_text_unless_it_is_binary() -> None:
    assert text("Content-Type: setext/plain", "", "words") == "words"
    assert text("Content-Type: x-foo/bar", "", b"\0\1\2") == "*Attachment: x-foo/bar, 3 bytes, not imported*"


def test_a_uuencoded_file_is_told_in_a_line() -> None:
    import binascii

    lines = [binascii.b2a_uu(b"z" * 45).decode().rstrip("\n") for _ in range(100)]
    out = text("Subject: x", "", "Here it is:", "begin 644 picture.gif", *lines, "`", "end", "Bye.")
    assert out == "Here it is:\\\nBye.\n\n*Attachment: picture.gif, 4 KB, not imported*"
    assert text("Subject: x", "", "begin 2000 years ago", "and end") == "begin 2000 years ago\\\nand end"


@pytest.mark.parametrize(
    ("data", "declared", "read"),
    [
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode("latin-1"), "utf-8", "Größe"),
        ("Größe".encode(), "iso-8859-1", "Größe"),
        ("Größe".encode(), None, "Größe"),
        ("Größe".encode("latin-1"), None, "Größe"),
        ("Größe".encode("latin-1"), "us-ascii", "Größe"),
        ("Größe".encode("latin-1"), "no-such-charset", "Größe"),
        ("Größe".encode("latin-1"), "zlib", "Größe"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        ("漢字".encode("big5"), "big5", "漢字"),
        ("漢字".encode("shift_jis"), "Shift_JIS", "漢字"),
        ("漢字".encode("iso-2022-jp"), "us-ascii", "漢字"),
        ("漢字".encode("iso-2022-jp"), "iso-2022-jp", "漢字"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        (b"\xff\xfe\x81", None, "ÿþ\x81"),
    ],
)
def test_charsets_missing_unknown_or_wrong(data: bytes, declared: str | None, read: str) -> None:
    assert decode(data, declared) == read


def test_transfer_encodings() -> None:
    head = "Content-Type: text/plain; charset=utf-8"
    assert (
        text(head, "Content-Transfer-Encoding: quoted-printable", "", "caf=C3=A9 and=\n more")
        == "café and more"
    )
    assert (
        text(head, "Content-Transfer-Encoding: base64", "", base64.b64encode("café".encode()).decode())
        == "café"
    )
    assert text(head, "Content-Transfer-Encoding: base64", "", "not base64 at all!") != ""
    assert text(head, "Content-Transfer-Encoding: unheard-of", "", "words") == "words"


def test_flowed_text_is_joined_within_its_quotes() -> None:
    flowed = "One long \nline.\n> quoted \n> on.\n>> deeper \n stuffed\n-- \nAnn"
    assert unflow(flowed) == "One long line.\n> quoted on.\n>> deeper \nstuffed\n-- \nAnn"
    assert unflow("Japan \nese", delete_space=True) == "Japanese"


def test_enriched_text_loses_its_commands_and_nothing_else() -> None:
    enriched = "<bold>Now</bold> is\nthe <<time>\n\n<param>ignored</param>for <nofill>a\nb</nofill>"
    assert unenrich(enriched) == "Now is the <time>\nfor a\nb"


def test_a_reply_under_another_title_says_so_on_top() -> None:
    assert text("Subject: x", "", "words", subject="Tulips *now*") == "**Tulips \\*now\\***\n\nwords"


def test_a_signature_follows_its_mark_after_the_notes() -> None:
    out = text("Subject: x", "", "Hello.", "-- ", "Ann")
    assert out == "Hello.\n\n-- \nAnn"
    assert text("Subject: x", "", "Hello.", "-- ", *["line"] * 30).count("-- \n") == 0


def test_columns_of_a_signature_too_long_for_one_stay_columns() -> None:
    lines = [f"line {n}      and more" for n in range(20)]
    out = text("Subject: x", "", "Hello.", "-- ", *lines)
    assert out == "\n".join(["Hello.", "", "```", "--", *lines, "```"])


def test_a_footer_below_a_signature_does_not_take_its_place() -> None:
    out = text(
        multipart(
            "mixed",
            "Content-Type: text/plain\n\nHello.\n-- \nAnn",
            "Content-Type: text/plain\n\n-- \nThe list",
        )
    )
    assert out == "Hello.\n\n\\-\\-\\\nAnn\n\n-- \nThe list"


def test_what_is_too_long_is_cut_and_says_so() -> None:
    out = text("Subject: x", "", *["word " * 20, ""] * 4000)
    assert len(out) < message.TEXT_LIMIT + 200
    assert out.endswith("*The message is longer than this; the rest was not imported.*")
    assert text("Subject: x", "", "start", was_cut=True).endswith("the rest was not imported.*")


def test_a_message_is_read_in_time_however_hostile() -> None:
    hostile = [
        "\n".join(
            ["Content-Type: multipart/mixed; boundary=b", ""]
            + ["--b\nContent-Type: multipart/mixed; boundary=b\n"] * 3000
        ),
        "Subject: x\n\n" + "<" * 200_000,
        "Content-Type: text/enriched\n\n" + "<<" * 100_000,
        "Content-Type: text/plain; format=flowed\n\n" + "> a \n" * 50_000,
        "Subject: x\n\n" + "begin 644 a\n" * 20_000,
        "Subject: x\n\n" + "-- \n" * 50_000,
        "Subject: x\n\n" + "AB> x\n\n" * 30_000,
    ]
    for source in hostile:
        start = time.process_time()
        assert text(source)
        assert time.process_time() - start < 5


@needs_real_archives
@pytest.mark.parametrize("folder", [MIME, REPLIES], ids=["mime", "replies"])
def test_no_real_message_is_too_awkward(folder: object) -> None:
    files = sorted(
        path for path in (MIME if folder == MIME else REPLIES).rglob("*") if path.suffix in (".eml", ".txt")
    )
    assert len(files) > 80
    for path in files:
        data = path.read_bytes()
        start = time.process_time()
        out = text(data if folder == MIME else b"Subject: x\n\n" + data)
        assert out.strip()
        assert "\0" not in out
        assert time.process_time() - start < 5, path.name
