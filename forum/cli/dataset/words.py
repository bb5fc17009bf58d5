"""Names, titles and texts of the benchmark's data: made of words, by chance, the same for the same seed."""

import random


def _words_of(text: str) -> list[str]:
    return text.split()


_COMMON = _words_of(
    "the of and a to in that was for with this on is we it as at by from or had not were our after which "
    "patient dose week day clinic ward study trial result scan nurse team hospital protocol treatment response "
    "toxicity symptom pain review guideline case family question answer month year cycle drug infusion surgery "
    "radiation margin node biopsy report sample marker pathway referral visit plan risk benefit survival cohort "
    "evidence practice country region center colleague meeting board consent record form letter table figure "
    "before during between within without until while because although where when how what who why each other "
    "many few most some more less first second last next early late high low long short local small large new "
    "old same different common rare useful clear open simple careful regular usual possible likely give take "
    "keep start stop change ask tell show find measure compare discuss suggest explain describe follow prefer "
    "expect need want know think see write read send call wait help teach learn agree doubt hope add reduce "
    "about above under over again also always never often only perhaps rather still then there here now once "
    "if but so than very well all both any its their they she he her his you your one two three four five"
)
_RARE = _words_of(
    "almanac amber anvil aspen atlas badger barley basin birch bramble brass cedar chalk cipher clover comet "
    "copper coral cradle crane dahlia ember estuary fern flint gable garnet gorse harbor hazel heron indigo "
    "ivory juniper kestrel lantern larch ledger linen lupine maple marble meadow mosaic nutmeg opal orchard "
    "otter pebble plover quartz quill raven reed russet saffron sorrel spruce tallow thistle umber willow"
)
_FIRST = _words_of(
    "Amara Anders Aisha Beatriz Chidi Clara Daniel Elif Esther Farid Fatou Gaël Grace Hana Hiro Ingrid Ivan "
    "Jamila João Kamal Katarina Kwame Leila Lars Lucía Mai Marek Mariam Mateo Minh Nadia Nikhil Noor Olga Omar "
    "Paulo Petra Priya Rosa Samir Sanna Sofía Tariq Teresa Thandi Uche Viktor Wanjiru Yara Yusuf Zanele Zofia"
)
_LAST = _words_of(
    "Abebe Achieng Almeida Andersson Banerjee Bekele Bianchi Castro Chen Costa Dlamini Dubois Eze Fischer "
    "Fofana García Gupta Haddad Hansen Horvat Ibrahim Ivanova Jansen Kariuki Khan Kim Kowalska Laurent López "
    "Mahlangu Mbeki Meyer Moreau Mwangi Nakamura Ndiaye Nguyen Novák Okafor Oliveira Osei Patel Pereira Rossi "
    "Saito Sato Schmidt Silva Tadesse Tanaka Traoré Weber Yilmaz Zhang"
)
_CREDENTIALS = ("MD", "MD, PhD", "MBBS", "RN", "PharmD", "MSc", "PhD", "MPH", "")
_SPECIALTIES = (
    "Breast oncology",
    "Palliative care",
    "Radiation oncology",
    "Hematology",
    "Surgery",
    "Oncology nursing",
    "Pathology",
    "Clinical pharmacy",
    "Pediatric oncology",
    "",
)
_CITIES = (
    ("Nairobi", "KE"),
    ("São Paulo", "BR"),
    ("Lagos", "NG"),
    ("Hanoi", "VN"),
    ("Kraków", "PL"),
    ("Lyon", "FR"),
    ("Pune", "IN"),
    ("Oslo", "NO"),
    ("Lima", "PE"),
    ("Accra", "GH"),
    ("Osaka", "JP"),
    ("Toronto", "CA"),
)


def body(rng: random.Random) -> str:
    """About 120 words of Markdown: a paragraph with bold, one with a link, a list of three."""
    bold = " ".join(_words(rng, 3))
    items = "\n".join(f"- {' '.join(_words(rng, rng.randint(4, 7)))}" for _ in range(3))
    address = f"https://example.org/{rng.choice(_RARE)}/{rng.randint(1, 999)}"
    return (
        f"{_sentences(rng, 38)} **{bold}** {_sentences(rng, 14)}\n\n"
        f"{_sentences(rng, 24)} See [{rng.choice(_RARE)} {rng.choice(_RARE)}]({address}). {_sentences(rng, 20)}\n\n"
        f"{items}\n"
    )


def title(rng: random.Random) -> str:
    return " ".join(_words(rng, rng.randint(4, 9))).capitalize()


def category(rng: random.Random) -> tuple[str, str]:
    """A name and a description."""
    return f"{rng.choice(_RARE)} {rng.choice(_COMMON[26:80])}".capitalize(), _sentences(rng, 14)


def person(rng: random.Random) -> dict[str, str]:
    """What a profile says."""
    city, country = rng.choice(_CITIES)
    return {
        "name": f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
        "credentials": rng.choice(_CREDENTIALS),
        "specialty": rng.choice(_SPECIALTIES),
        "city": city,
        "country": country,
    }


def _words(rng: random.Random, count: int) -> list[str]:
    """Mostly common words, the first of the list far more often than the last; one in ten is rare."""
    return [
        rng.choice(_RARE) if rng.random() < 0.1 else _COMMON[int(rng.random() ** 2 * len(_COMMON))]
        for _ in range(count)
    ]


def _sentences(rng: random.Random, count: int) -> str:
    words, found = _words(rng, count), []
    while words:
        length = rng.randint(6, 14)
        found.append(" ".join(words[:length]).capitalize() + ".")
        del words[:length]
    return " ".join(found)
