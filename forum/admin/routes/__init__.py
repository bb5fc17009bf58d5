"""The doors of the staff pages."""

from flask import Blueprint

staff = Blueprint("staff", __name__, url_prefix="/staff")

from forum.admin.routes import audiences, categories, forms, moderators, people, settings, tags, templates  # noqa: E402,F401 - they add their routes
