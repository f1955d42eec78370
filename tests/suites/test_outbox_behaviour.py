"""Messages leave once they are committed, are claimed by one relay at a time, and none is ever forgotten."""

from __future__ import annotations

import pytest

from handlers.store.outbox import SqlOutbox, add_messages
from queues.message import Message
from queues.retry import RetryPolicy
from tests.suites.stage import NOW, accepted, later, message, together


def put(store, *message_ids: str) -> None:
    with store.writing() as connection:
        add_messages(connection, [message(accepted(), message_id=one) for one in message_ids])


def ids(messages: list[Message]) -> list[str]:
    return [one.message_id for one in messages]


def test_a_message_in_the_outbox_comes_out_as_it_went_in(store):
    went_in = message(accepted(), headers={"tracking-id": "t-1"}, attempt=1)
    with store.writing() as connection:
        add_messages(connection, [went_in])
    assert SqlOutbox(store).claim(10, NOW) == [went_in]


def test_a_message_of_a_unit_of_work_that_failed_never_leaves(store):
    def fail(connection) -> None:
        add_messages(connection, [message(accepted())])
        raise KeyError("no")

    with pytest.raises(KeyError), store.writing() as connection:
        fail(connection)
    assert SqlOutbox(store).claim(10, NOW) == []


def test_claims_are_oldest_first_and_at_most_as_many_as_asked(store):
    put(store, "m-2", "m-1", "m-3")
    outbox = SqlOutbox(store)
    assert ids(outbox.claim(2, NOW)) == ["m-1", "m-2"]
    assert ids(outbox.claim(2, NOW)) == ["m-3"]


def test_a_leased_message_is_claimed_by_nobody_until_the_lease_ends(store):
    put(store, "m-1")
    first, second = SqlOutbox(store), SqlOutbox(store)
    assert ids(first.claim(10, NOW)) == ["m-1"]
    assert second.claim(10, later(29)) == first.claim(10, later(29)) == []
    assert ids(second.claim(10, later(30))) == ["m-1"]


def test_a_lease_taken_before_the_clock_was_set_back_binds_nobody(store):
    put(store, "m-1")
    assert ids(SqlOutbox(store).claim(10, later(3600))) == ["m-1"]
    assert ids(SqlOutbox(store).claim(10, NOW)) == ["m-1"]


def test_an_event_written_before_the_clock_was_set_back_leaves_at_once(store):
    with store.writing() as connection:
        add_messages(connection, [message(accepted(), created_at=later(3600))])
    assert len(SqlOutbox(store).claim(10, NOW)) == 1


def test_a_message_marked_as_sent_is_never_claimed_again(store):
    put(store, "m-1", "m-2")
    outbox = SqlOutbox(store)
    outbox.claim(10, NOW)
    outbox.mark_sent(["m-1"], NOW)
    outbox.mark_sent([], NOW)
    assert ids(outbox.claim(10, later(100))) == ["m-2"]
    assert outbox.unsent() == (1, NOW)


def test_a_relay_whose_lease_was_taken_over_marks_nothing(store):
    put(store, "m-1")
    slow, quick = SqlOutbox(store), SqlOutbox(store)
    slow.claim(10, NOW)
    quick.claim(10, later(31))
    slow.mark_sent(["m-1"], later(32))
    assert quick.unsent() == (1, NOW)
    quick.mark_sent(["m-1"], later(33))
    assert quick.unsent() == (0, None)


def test_four_relays_never_get_the_same_message(store):
    put(store, *(f"m-{number:03}" for number in range(120)))

    def relay(_index: int) -> list[str]:
        outbox, claimed = SqlOutbox(store), []
        while batch := outbox.claim(7, NOW):
            claimed += ids(batch)
            outbox.mark_sent(ids(batch), NOW)
        return claimed

    claimed = [one for share in together(4, relay) for one in share]
    assert len(claimed) == len(set(claimed))
    missed = ids(SqlOutbox(store).claim(200, NOW))  # a relay that met only locked rows may have ended early
    assert sorted(claimed + missed) == [f"m-{number:03}" for number in range(120)]


def test_a_scheduled_message_is_not_claimed_before_its_time(store):
    outbox = SqlOutbox(store)
    second = message(accepted(), attempt=2)
    outbox.schedule(second, later(4))
    assert outbox.claim(10, later(3)) == []
    assert outbox.claim(10, later(4)) == [second]


def test_the_next_attempt_of_a_message_that_was_sent_is_sent_too(store):
    outbox = SqlOutbox(store)
    for attempt in (2, 3):
        outbox.schedule(message(accepted(), attempt=attempt), NOW)
        assert [one.attempt for one in outbox.claim(10, NOW)] == [attempt]
        outbox.mark_sent(["t-1"], NOW)
    assert outbox.claim(10, later(100)) == []


def test_marking_an_attempt_as_sent_does_not_swallow_the_next_one(store):
    relay, worker = SqlOutbox(store), SqlOutbox(store)
    worker.schedule(message(accepted(), attempt=2), NOW)
    relay.claim(10, NOW)
    worker.schedule(message(accepted(), attempt=3), later(1))
    relay.mark_sent(["t-1"], NOW)
    assert [one.attempt for one in relay.claim(10, later(1))] == [3]


def test_an_earlier_attempt_scheduled_again_does_not_replace_a_later_one(store):
    outbox = SqlOutbox(store)
    outbox.schedule(message(accepted(), attempt=3), NOW)
    outbox.schedule(message(accepted(), attempt=2), NOW)
    assert [one.attempt for one in outbox.claim(10, NOW)] == [3]


def test_pruning_removes_only_what_was_sent_long_ago(store):
    put(store, "m-1", "m-2", "m-3")
    outbox = SqlOutbox(store)
    outbox.claim(2, NOW)
    outbox.mark_sent(["m-1"], NOW)
    outbox.mark_sent(["m-2"], later(50))
    assert outbox.prune(later(10)) == 1
    assert outbox.prune(later(100), limit=1) == 1
    assert outbox.prune(later(100)) == 0
    assert ids(outbox.claim(10, later(100))) == ["m-3"]


def test_a_retry_scheduled_before_the_clock_was_set_back_does_not_wait_for_the_old_time(store):
    outbox = SqlOutbox(store)
    second = message(accepted(), attempt=2)
    outbox.schedule(second, later(3600))
    assert outbox.claim(10, NOW) == [second]


def test_the_longest_delay_of_a_retry_is_kept(store):
    outbox = SqlOutbox(store)
    policy = RetryPolicy()
    outbox.schedule(message(accepted(), attempt=2), later(policy.longest_delay * (1 + policy.jitter)))
    assert outbox.claim(10, NOW) == []
