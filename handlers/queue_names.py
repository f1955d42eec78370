"""The queues this product uses: one per concern, so that none waits behind another's work."""

from __future__ import annotations

from queues.topology import QueueSpec, Topology

REGISTRATION = QueueSpec("commands.registration")
DOCUMENTS = QueueSpec("commands.documents")
NOTICE_COMMANDS = QueueSpec("commands.notices")
NOTICE_EVENTS = QueueSpec("events.notices")

TOPOLOGY = Topology((REGISTRATION, DOCUMENTS, NOTICE_COMMANDS, NOTICE_EVENTS))
"""Everything that `Broker.declare` must make exist."""
