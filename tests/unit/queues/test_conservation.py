"""What was confirmed is delivered until it is acknowledged, whatever is done to the broker in between."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from queues.broker import BrokerError, Consumer, Delivery
from queues.embedded import EmbeddedBroker
from tests.suites.brokers import FRAGILE, SMALL, TOPOLOGY, WORK, drain, message

QUEUES = [WORK, SMALL, FRAGILE]


class Conservation(RuleBasedStateMachine):
    """Publishes, takes, settles, closes and opens at random, and counts."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.confirmed: set[str] = set()
        self.acknowledged: set[str] = set()
        self.number = 0
        self._open()

    def _open(self) -> None:
        self.broker = EmbeddedBroker(Path(self.folder.name) / "queues.sqlite")
        self.broker.declare(TOPOLOGY)
        self.consumers: dict[str, Consumer] = {}
        self.held: list[Delivery] = []

    @rule(queue=st.sampled_from([*[spec.name for spec in QUEUES], "nowhere"]), many=st.integers(1, 4))
    def publish(self, queue: str, many: int) -> None:
        for _ in range(many):
            self.number += 1
            try:
                self.broker.publisher().publish(message(self.number, queue), timeout=10)
            except BrokerError:
                continue
            self.confirmed.add(f"message-{self.number}")

    @rule(queue=st.sampled_from([spec.name for spec in QUEUES]))
    def take(self, queue: str) -> None:
        if queue not in self.consumers:
            self.consumers[queue] = self.broker.consumer(queue, prefetch=4)
        delivery = self.consumers[queue].receive(0)
        if delivery is not None:
            assert delivery.message.message_id in self.confirmed - self.acknowledged
            self.held.append(delivery)

    @precondition(lambda self: self.held)
    @rule(how=st.sampled_from(["ack", "release", "dead_letter"]), which=st.integers(0, 9))
    def settle(self, how: str, which: int) -> None:
        delivery = self.held.pop(which % len(self.held))
        if how == "dead_letter":
            delivery.dead_letter("test")
            return
        getattr(delivery, how)()
        if how == "ack":
            self.acknowledged.add(delivery.message.message_id)

    @rule(queue=st.sampled_from([spec.name for spec in QUEUES]))
    def close_consumer(self, queue: str) -> None:
        if consumer := self.consumers.pop(queue, None):
            consumer.close()
            self.held = [each for each in self.held if each.message.queue != queue]

    @rule()
    def close_and_open(self) -> None:
        self.broker.close()
        self._open()

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        self.broker.close()
        self._open()
        names = [name for spec in QUEUES for name in (spec.name, spec.dead_letters)]
        left = [each.message_id for name in names for each in drain(self.broker.consumer(name), quiet=0)]
        self.broker.close()
        self.folder.cleanup()
        assert sorted(left) == sorted(self.confirmed - self.acknowledged)


TestConservation = Conservation.TestCase
TestConservation.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
