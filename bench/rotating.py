"""Many people asking for many pages: a script for wrk, since one person on one page finds everything remembered."""

import json
from collections.abc import Sequence
from pathlib import Path

_SCRIPT = """\
local paths, cookies, threads = %(paths)s, %(cookies)s, 0

function setup(thread)
  thread:set("first", threads * 97)
  threads = threads + 1
end

function init(args)
  at = first
end

-- Every person comes to every page: with each round through the pages, seven people further.
function request()
  at = at + 1
  local round = math.floor(at / #paths)
  return wrk.format("GET", paths[at %% #paths + 1], {
    ["Accept"] = "text/html",
    ["Accept-Language"] = "en",
    ["Cookie"] = cookies[(at + 7 * round) %% #cookies + 1],
  })
end
"""


def write(file: Path, paths: Sequence[str], cookies: Sequence[str]) -> Path:
    """The script that asks for these paths with these cookies in turn."""
    file.write_text(_SCRIPT % {"paths": _list(paths), "cookies": _list(cookies)})
    return file


def _list(texts: Sequence[str]) -> str:
    return "{" + ", ".join(json.dumps(text) for text in texts) + "}"
