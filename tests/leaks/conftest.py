import pytest
from flask import Flask

from tests import images
from tests.leaks.world import World, make_world


@pytest.fixture
def world(app: Flask, database: str) -> World:
    """The world in which every resource carries a canary."""
    return images.made_or_put_back(app, database, "world", make_world)
