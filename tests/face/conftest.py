"""The scenes as fixtures."""

import pytest
from flask import Flask

from tests.face.scene import Scene, demo_scene, foreign_scene


@pytest.fixture
def demo(app: Flask) -> Scene:
    with app.app_context():
        return demo_scene()


@pytest.fixture
def foreign(app: Flask) -> Scene:
    with app.app_context():
        return foreign_scene()
