"""Which passwords may be taken, and how they are kept."""

import threading
import time

import pytest
from flask import Flask

from forum.accounts import passwords
from forum.accounts.passwords import Passwords, check_length, check_strength, hash_password, verify_password
from forum.accounts.weak_passwords import effort, is_easy
from forum.core.errors import Invalid, Unavailable
from forum.core.transactions import transaction

with_database = pytest.mark.usefixtures("context")
with_words = pytest.mark.usefixtures("words")

STEMS = [
    "password",
    "qwerty",
    "iloveyou",
    "dragon",
    "monkey",
    "letmein",
    "football",
    "welcome",
    "sunshine",
    "michael",
]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234567",
        "P@ssw0rdP@ssw0rd",
        "qwertyuiopasdfgh",
        "1q2w3e4r5t6y7u8i",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "iloveyouforever",
        "correct horse battery staple",
        "CorrectHorseBatteryStaple1",
        "thisismypassword",
        "summer-winter-2026",
        "liverpool!liverpool!",
    ],
)
def test_what_others_try_first_is_refused(password: str) -> None:
    assert is_easy(password) or (password.startswith("drowssap") and effort(password) < 20)


HARD = [
    "kettle orbit violin seven",
    "my dog likes green apples",
    "qhx72mzpw0dkfjr",
    "плохая погода в марте",
    "床前明月光疑是地上霜举头望明月",
    "🙂🌲🚲🎻🥐🪁🧭🪵🧶🪨🦉🐚🌶🧂🪟",
]


@with_database
def test_what_is_hard_to_guess_is_taken() -> None:
    for password in HARD:
        assert check_length(password) == password
        check_strength(password, context=["Mina Member", "mina@example.org"])


def test_common_stems_are_refused_however_they_are_dressed_up() -> None:
    """The list of stems stands for far more than the three thousand commonest passwords of fifteen characters or more."""
    dressed = set()
    for stem in STEMS:
        for other in STEMS:
            for tail in ("", "1", "12", "123", "!", "1!", "2024", "2025!", "#1", "99"):
                for join in ("", "-", "_", "."):
                    candidate = f"{stem}{join}{other}{tail}"
                    dressed |= (
                        {candidate, candidate.title(), candidate.upper()} if len(candidate) >= 15 else set()
                    )
    assert len(dressed) > 3000
    assert [candidate for candidate in dressed if not is_easy(candidate)] == []


@with_database
def test_what_stands_around_the_account_is_no_password() -> None:
    context = ["Wangari Otieno", "wangari@nairobi-clinic.example", "w.otieno"]
    for password in (
        "wangariotieno1984",
        "Otieno.Wangari.Nairobi",
        "nairobi-clinic-2026",
        "collegium collegium",
    ):
        with pytest.raises(Invalid):
            check_strength(password, context=context)
    check_strength("wangari rides a yellow tractor home", context=context)


@with_words
def test_length_is_the_only_other_demand() -> None:
    for password in ("x" * 14, "é" * 14, "kettle orbit v"):
        with pytest.raises(ValueError, match="15"):
            check_length(password)
    for password in ("ab" * 129, "é" * 129, "🙂" * 65):
        with pytest.raises(ValueError, match="256"):
            check_length(password)
    for password in ("kettle orbit vi", "k" * 64, "é" * 128):
        assert check_length(password) == password


def test_looking_at_a_password_takes_no_time_to_speak_of() -> None:
    started = time.perf_counter()
    for text in ("ab" * 128, "password" * 32, "zyxw" * 64, "aé" * 64):
        effort(text, context=["x" * 64, "Some Name"])
    assert time.perf_counter() - started < 0.5


@with_database
def test_a_hash_is_salted_and_fits_its_password_alone() -> None:
    one, two = hash_password("kettle orbit violin seven"), hash_password("kettle orbit violin seven")
    assert one != two
    assert one.startswith("$argon2id$")
    assert verify_password(one, "kettle orbit violin seven")
    assert not verify_password(one, "Kettle orbit violin seven")
    assert not verify_password(None, "kettle orbit violin seven")
    assert not verify_password("no hash at all", "kettle orbit violin seven")


@with_database
def test_nothing_is_hashed_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="slow"), transaction():
        hash_password("kettle orbit violin seven")
    with pytest.raises(RuntimeError, match="slow"), transaction():
        verify_password(None, "kettle orbit violin seven")


def test_at_most_one_hash_a_core_runs_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Passwords(app.extensions["forum_config"])
    made.turns = threading.BoundedSemaphore(2)
    running, most, guard = 0, 0, threading.Lock()
    gate = threading.Event()

    def work(_password: str) -> str:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        gate.wait(0.05)
        with guard:
            running -= 1
        return ""

    threads = [threading.Thread(target=made._away, args=(work, "x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    made.turns.acquire()
    made.turns.acquire()
    with pytest.raises(Unavailable):
        made._away(work, "x")
