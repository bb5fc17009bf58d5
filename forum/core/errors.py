"""Expected trouble: raised where it is known, answered once in `web/errors.py`."""

from collections.abc import Mapping


class ForumError(Exception):
    """Trouble with an answer. `message` is for the person who asked."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str = "", *, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = dict(errors or {})


class Invalid(ForumError):
    """What was sent cannot be taken; `errors` says why by field."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Mapping[str, str], message: str = "") -> None:
        super().__init__(message, errors=errors)


class Malformed(ForumError):
    status = 400
    code = "malformed"


class SignInNeeded(ForumError):
    status = 401
    code = "sign_in_needed"
    challenge = "Bearer"  # for programs: how one signs in (RFC 6750)


class InvalidToken(SignInNeeded):
    """A token was sent that does not sign anybody in: never answered as if none had been sent."""

    code = "invalid_token"
    challenge = 'Bearer error="invalid_token"'


class Forbidden(ForumError):
    """Readable, but not allowed: the message is the rule's reason."""

    status = 403
    code = "forbidden"


class InsufficientScope(Forbidden):
    """The person may, but not with this token."""

    code = "insufficient_scope"

    def __init__(self, scope: str, message: str = "") -> None:
        super().__init__(message)
        self.challenge = f'Bearer error="insufficient_scope", scope="{scope}"'


class PasswordNeeded(Forbidden):
    """For this the password must have been given lately."""

    code = "password_needed"


class NotFound(ForumError):
    """Not there for this viewer, whether or not it is there for others."""

    status = 404
    code = "not_found"


class Conflict(ForumError):
    status = 409
    code = "conflict"


class KeyReused(Conflict):
    """Another request was sent under the same `Idempotency-Key`."""

    code = "key_reused"


class PreconditionFailed(ForumError):
    """It is no longer what the person who changes it has seen."""

    status = 412
    code = "precondition_failed"


class TooLarge(ForumError):
    status = 413
    code = "too_large"


class WrongMediaType(ForumError):
    status = 415
    code = "unsupported_media_type"


class TooManyRequests(ForumError):
    status = 429
    code = "too_many_requests"

    def __init__(self, retry_after: int, message: str = "") -> None:
        super().__init__(message)
        self.retry_after = max(1, retry_after)


class Unavailable(ForumError):
    status = 503
    code = "unavailable"

    def __init__(self, retry_after: int = 5, message: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
