"""Tracking ids prove themselves, and only to the agency they were given to."""

from gateway.tracking import TrackingIds

IDS = TrackingIds(b"k" * 32)


def test_an_id_is_recognised_by_every_process_with_the_key():
    issued = IDS.issue("MOJ")
    assert TrackingIds(b"k" * 32).issued(issued, "MOJ")


def test_an_id_is_not_recognised_for_another_agency_or_with_another_key():
    issued = IDS.issue("MOJ")
    assert not IDS.issued(issued, "MIA")
    assert not TrackingIds(b"x" * 32).issued(issued, "MOJ")


def test_any_changed_character_disowns_an_id():
    issued = IDS.issue("MOJ")
    for position, letter in enumerate(issued):
        changed = issued[:position] + ("0" if letter != "0" else "1") + issued[position + 1 :]
        assert not IDS.issued(changed, "MOJ"), changed


def test_text_of_another_form_is_never_recognised():
    for text in ("", "x", "01932f0e-0000-7000-8000-000000000000", IDS.issue("MOJ").upper(), IDS.issue("MOJ") + "\n"):
        assert not IDS.issued(text, "MOJ")


def test_ids_sort_by_the_time_they_were_issued():
    issued = [IDS.issue("MOJ") for _ in range(1000)]
    assert issued == sorted(issued)
    assert len(set(issued)) == 1000


def test_a_message_is_known_by_its_mac_and_only_unchanged():
    mac = IDS.mac_of(b"body")
    assert IDS.made_here(b"body", mac)
    assert not IDS.made_here(b"bodY", mac)
    assert not IDS.made_here(b"body", None)
    assert not TrackingIds(b"x" * 32).made_here(b"body", mac)
