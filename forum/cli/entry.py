"""Where `forum` begins. Serving runs on gevent, which must come before everything else is imported."""

import sys

NEEDS_GEVENT = {"serve", "worker"}


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] in NEEDS_GEVENT:
        from gevent import monkey

        monkey.patch_all()
    from flask.cli import FlaskGroup

    from forum.app import create_app

    FlaskGroup(
        create_app=create_app, add_version_option=False, add_default_commands=False, load_dotenv=False
    )(prog_name="forum")


if __name__ == "__main__":
    main()
