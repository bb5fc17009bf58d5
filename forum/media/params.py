"""What comes in at the doors of media."""

from pydantic import Field

from forum.web.params import Params


class RemovalParams(Params):
    everywhere: bool = Field(False, description="Also where it stands in something. This cannot be undone.")
