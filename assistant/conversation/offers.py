"""What servers of tools offer, and that they went."""

from __future__ import annotations

from assistant.conversation.outbox import Outbox
from assistant.conversation.updates import NoticeShown
from assistant.severity import Severity
from assistant.tools.offered import Offer
from assistant.tools.registry import Registry


def take_offer(offer: Offer, registry: Registry, outbox: Outbox) -> Registry:
    """The tools that there are from now on; what there is to say of it is shown."""
    if offer.message:
        severity = Severity.INFO if offer.tools else Severity.WARNING
        outbox.show(NoticeShown(severity, offer.message, offer.remedy))
    return registry.with_offered(offer.server, offer.tools)
