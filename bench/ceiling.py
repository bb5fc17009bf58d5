"""The ceiling F0: a constant string from a Flask view, under the forum's own server class and settings.

python -m bench.ceiling PORT
"""

import sys

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

from flask import Flask  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from forum.cli.server import Handler  # noqa: E402

app = Flask("ceiling")


@app.get("/")
@app.get("/healthz")
def constant() -> str:
    return "hello, world\n"


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    WSGIServer(("127.0.0.1", int(sys.argv[1])), app, handler_class=Handler, log=None).serve_forever()
