"""What stands in the queue: the number of a delivery, as JSON. Huey's own pickles would let whoever reaches the queue run code."""

import json

from huey.registry import Message
from huey.serializer import Serializer


class UnreadableMessage(ValueError):
    """What came from the queue is none of ours; the delivery itself stands in the outbox."""


class DeliverySerializer(Serializer):  # type: ignore[misc]
    """Messages with one whole number to hand over, which are all there are."""

    def _serialize(self, data: Message) -> bytes:
        (row_id,) = data.args
        told = {"id": data.id, "name": data.name, "row_id": int(row_id)}
        return json.dumps(told).encode()

    def _deserialize(self, data: bytes) -> Message:
        try:
            told = json.loads(data)
            message_id, name, row_id = told["id"], told["name"], told["row_id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UnreadableMessage("a message in the queue that is none of ours") from None
        if not (isinstance(message_id, str) and isinstance(name, str) and type(row_id) is int):
            raise UnreadableMessage("a message in the queue that is none of ours")
        return Message(message_id, name, None, 0, 0, None, (row_id,), {})
