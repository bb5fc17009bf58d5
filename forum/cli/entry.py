"""Where `forum` begins. Serving runs on gevent, which must come before everything else is imported."""

import os
import sys

NEEDS_GEVENT = {"serve", "worker"}
FOR_THE_OWNER_ALONE = 0o077


def main() -> None:
    os.umask(FOR_THE_OWNER_ALONE)  # databases, jobs and mail that waits are nobody else's to read
    if len(sys.argv) > 1 and sys.argv[1] in NEEDS_GEVENT:
        from gevent import monkey

        monkey.patch_all()
    from flask.cli import FlaskGroup
    from sqlalchemy.exc import DatabaseError

    from forum.app import create_app

    group = FlaskGroup(
        create_app=create_app, add_version_option=False, add_default_commands=False, load_dotenv=False
    )
    try:
        group(prog_name="forum")
    except DatabaseError as error:
        said = str(error.orig).strip().splitlines()[0] if error.orig else "it does not answer"
        sys.exit(f"forum: the database says: {said}. Where it is not up to date, run: forum db upgrade")


if __name__ == "__main__":
    main()
