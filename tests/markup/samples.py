"""Attack strings and conformance examples: the large sets where they are at hand, our own few everywhere."""

import json
from functools import cache
from typing import Any

from forum.markup import Phrases
from tests.elsewhere import DATA

# Each of them tells which it is, and would do harm if it were not escaped.
WORDS = Phrases(
    *(
        f'<{word}> & "…"'
        for word in (
            "quoted",
            "table",
            "spoiler",
            "done",
            "not done",
            "notes",
            "back",
            "heading",
            "play",
            "removed",
        )
    )
)

# One or two of each kind, written for this project.
OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JaVa\tScript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](https://evil.example/p.gif)",
    '![x](x "onerror=alert(1) y=\'")',
    '[x](/a "\' onmouseover=alert(1) ")',
    "<javascript:alert(1)>",
    '<https://a.example/" onclick=alert(1)>',
    "https://a.example/<script>",
    'www.a.example/"onmouseover=alert(1)',
    "[a]: javascript:alert(1)\n\n[a]",
    '``` "><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "| <script> | b |\n|---|---|\n| <img onerror=x> | [x](javascript:1) |",
    "@<script>alert(1)</script>",
    '@a" onclick="alert(1)',
    "<style>*{display:none}</style>",
    '<details class="quote-fold"><summary>…</summary>',
    "||<script>alert(1)</script>||",
    "[||x||](javascript:alert(1))",
    ':::spoiler "><script>alert(1)</script>\nx\n:::',
    ":::spoiler [x](javascript:alert(1))\n<img src=x onerror=alert(1)>",
    "x[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    'x[^"onclick=alert(1)]\n\n[^"onclick=alert(1)]: [x](javascript:alert(1))',
    '> [@a" onclick="alert(1)](/posts/1):\n> <script>alert(1)</script>',
    "> [@a](javascript:alert(1)//posts/1):\n> x",
    '> [@a](/posts/1"onclick=alert(1)):\n> x',
    "> [@a](//evil.example/posts/1):\n> x",
    "$<img src=x onerror=alert(1)>$",
    "$$\\href{javascript:alert(1)}{x}$$",
    "$$\n</code><script>alert(1)</script>\n$$",
    "```math\n</code><script>alert(1)</script>\n```",
    "- [ ] <input type=image src=x onerror=alert(1)>",
    '- [x]" onclick="alert(1)',
    "# <a id=forms>\n# forms\n# __proto__\n# constructor",
    '<figure class="quote" data-post="1"><figcaption>',
    "<a id=forms name=cookie>x</a>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
]

# What the detector must see, or its silence means nothing.
PLANTED = [
    "<script>alert(1)</script>",
    "<p onclick=x>a</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' \x01jav\tascr\nipt:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='java&NewLine;script&colon;alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<img src=https://evil.example/p.gif>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe srcdoc='x'></iframe>",
    "<form action=/sign-out><button>x</button></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example>",
    "<object data=x></object>",
    "<input autofocus onfocus=alert(1)>",
    "<p id=forms>x</p>",
    "<h3 id=h-forms>x</h3>",
    "<h3 id='post-1-x'>x</h3>",
    "<h3 id='post-1-h-a b'>x</h3>",
    "<li id=…-note-1 onclick=x>x</li>",
    "<table background=javascript:x></table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<a target=_blank href=/x>x</a>",
]


@cache
def attacks() -> list[str]:
    """Every attack string there is."""
    found = list(OWN)
    for name in ("xss-*", "naughty-strings", "open-redirect", "template-injection"):
        for path in sorted((DATA / "attacks").glob(f"{name}.json")):
            items = json.loads(path.read_text())["items"]
            found += [item if isinstance(item, str) else item["payload"] for item in items]
    return found


@cache
def examples(name: str) -> list[dict[str, Any]]:
    """Conformance examples: {markdown, html, example, section}. Empty where the large sets are not at hand."""
    path = DATA / "markdown" / f"{name}.json"
    loaded: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return loaded
