"""The operator's commands for parties: what they say, in both languages, and what they leave behind."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.cli.change import SystemTier
from gateway.security.dev_pki import Authority, Issued
from handlers.parties.model import DisclosureTier, PartyKind
from handlers.parties.queries import load_directory, party_history
from handlers.parties.rights import EVERY, right_to
from handlers.parties.standing import Standing
from handlers.store.engine import open_store

WHY = ("--reason", "Letter 17/26", "--by", "Aydan")


def known(home):
    store = open_store(f"sqlite:///{home / 'registers.db'}")
    with store.reading() as connection:
        found = load_directory(connection)
        rows = [row for kind in PartyKind for party in PARTIES for row in party_history(connection, kind, party)]
    store.close()
    return found, rows


PARTIES = ("SBS", "SBS-BORDER", "5TESTS3", "M-1")


@pytest.mark.parametrize(
    ("group", "party"), [("agency", "SBS"), ("system", "SBS-BORDER"), ("representative", "5TESTS3")]
)
def test_a_party_is_suspended_resumed_and_withdrawn_with_a_reason(sample_home, run, group, party):
    started = time.monotonic()
    assert run(group, "suspend", party, *WHY).stdout == f"{party} is suspended; in force in every process.\n"
    assert time.monotonic() - started > 0.25, "it waits until every process must have seen it"
    assert "suspended" in run(group, "list").stdout
    assert run(group, "resume", party, *WHY).exit_code == 0
    assert run(group, "withdraw", party, *WHY).exit_code == 0
    again = run(group, "resume", party, *WHY)
    assert again.exit_code == 1
    assert f"{party} is WITHDRAWN: RESUME does not follow" in again.stderr
    _, rows = known(sample_home)
    assert [(row.event, row.by, row.reason) for row in rows] == [
        (event, "Aydan", "Letter 17/26") for event in ("SUSPEND", "RESUME", "WITHDRAW")
    ]
    assert "Letter 17/26" in run(group, "history", party).stdout


def test_a_reason_must_be_given_and_who_is_known_without_saying(sample_home, run, monkeypatch):
    assert run("system", "suspend", "SBS-BORDER").exit_code == 2
    assert run("system", "suspend", "SBS-BORDER", "--reason", " ").exit_code == 1
    monkeypatch.setenv("LOGNAME", "operator7")
    assert run("system", "suspend", "SBS-BORDER", "--reason", "Letter").exit_code == 0
    directory, rows = known(sample_home)
    assert directory.systems["SBS-BORDER"].standing is Standing.SUSPENDED
    assert [row.by for row in rows] == ["operator7"]


def test_rights_are_granted_for_what_is_named_and_never_for_everything_by_silence(sample_home, run):
    silent = run("system", "grant", "SBS-BORDER", "--allow", "registration.GetEntry", *WHY)
    assert silent.exit_code == 2
    assert "registration.GetEntry: say how far with --register CODE, or --register all." in silent.stderr
    wrong = run("system", "grant", "SBS-BORDER", "--allow", "registration.GetEntry", "--register", "LAND", *WHY)
    assert (wrong.exit_code, "There is no LAND." in wrong.stderr) == (2, True)
    beside = run("system", "grant", "SBS-BORDER", "--allow", "bus.GetStatus", "--document-type", "PASSPORT", *WHY)
    assert (beside.exit_code, "leave it out" in beside.stderr) == (2, True)
    nothing = run("system", "grant", "SBS-BORDER", *WHY)
    assert nothing.exit_code == 2
    given = run(
        "system", "grant", "SBS-BORDER", "--allow", "registration.*", "--register", "PERSONAL_DATA_SYSTEMS", *WHY
    )
    assert given.exit_code == 0
    assert run("system", "grant", "SBS-BORDER", "--allow", "bus.GetStatus", *WHY).stderr.startswith("Nothing to change")
    narrowed = ("--allow", "documents.CheckDocuments", "--document-type", "PASSPORT", "--document-type", "VISA_STICKER")
    assert run("system", "narrow", "SBS-BORDER", *narrowed, *WHY).exit_code == 2
    assert run("system", "narrow", "SBS-BORDER", *narrowed[:-2], *WHY).exit_code == 0
    assert run("system", "revoke", "SBS-BORDER", "registration.SubmitAppeal", "bus.*", *WHY).exit_code == 0
    rights = {right.operation: right for right in known(sample_home)[0].systems["SBS-BORDER"].rights}
    assert rights["registration.GetEntry"] == right_to("registration.GetEntry", ["PERSONAL_DATA_SYSTEMS"])
    assert rights["documents.CheckDocuments"] == right_to("documents.CheckDocuments", ["PASSPORT"])
    assert not any(operation.startswith("bus.") or operation.endswith("SubmitAppeal") for operation in rights)
    shown = run("system", "list").stdout
    assert "documents.CheckDocuments: PASSPORT" in shown
    assert "registration.GetEntry: PERSONAL_DATA_SYSTEMS" in shown


def test_networks_and_tiers_are_set(sample_home, run):
    assert run("system", "addresses", "SBS-BORDER", "10.20.0.0/16", *WHY).exit_code == 0
    assert run("system", "tier", "SBS-BORDER", "HIT_ONLY", *WHY).exit_code == 0
    found = known(sample_home)[0].systems["SBS-BORDER"]
    assert (found.addresses, found.tier) == (("10.20.0.0/16",), DisclosureTier.HIT_ONLY)
    assert run("system", "addresses", "SBS-BORDER", *WHY).exit_code == 2
    assert run("system", "addresses", "SBS-BORDER", "10.20.0.0/16", "--anywhere", *WHY).exit_code == 2
    assert run("system", "addresses", "SBS-BORDER", "--anywhere", *WHY).exit_code == 0
    assert run("system", "tier", "SBS-BORDER", "AGENCY", *WHY).exit_code == 0
    assert run("system", "tier", "SBS-BORDER", "FULL", *WHY).exit_code == 1
    assert run("agency", "tier", "SBS", "FULL", *WHY).exit_code == 0
    assert run("system", "tier", "SBS-BORDER", "FULL", *WHY).exit_code == 0
    found = known(sample_home)[0].systems["SBS-BORDER"]
    assert (found.addresses, found.tier) == ((), DisclosureTier.FULL)


def test_the_choices_of_a_system_s_tier_are_those_there_are_and_its_agency_s():
    assert [each.value for each in SystemTier] == [*(each.value for each in DisclosureTier), "AGENCY"]


def test_a_certificate_is_withdrawn_by_the_beginning_of_its_fingerprint(sample_home, run):
    (certificate,) = known(sample_home)[0].systems["SBS-BORDER"].certificates
    vague = run("system", "certificate", "withdraw", "SBS-BORDER", "zz", *WHY)
    assert (vague.exit_code, "0 certificates of SBS-BORDER begin with 'zz'" in vague.stderr) == (2, True)
    done = run("system", "certificate", "withdraw", "SBS-BORDER", certificate.fingerprint[:9].upper(), *WHY)
    assert done.exit_code == 0
    assert known(sample_home)[0].systems["SBS-BORDER"].certificates[0].withdrawn_at is not None
    assert "withdrawn" in run("system", "list").stdout
    assert "CERTIFICATE_WITHDRAWN" in run("system", "history", "SBS-BORDER").stdout


def test_a_person_s_new_card_is_enrolled_beside_the_old_one(sample_home, run):
    issuing = (sample_home / "dev" / "authority" / "issuing.pem").read_bytes()
    authority = Authority(Issued(x509.load_pem_x509_certificate(issuing), load_pem_private_key(issuing, None)))
    card = sample_home / "card.pem"
    card.write_bytes(authority.issue("Nümunəyev Şahin", datetime.now(UTC), days=30).certificate_pem)
    add = ("representative", "certificate", "add", "5TESTS3", "--certificate", str(card), *WHY)
    assert run(*add).exit_code == 0
    old, new = known(sample_home)[0].representatives["5TESTS3"].certificates
    assert (old.withdrawn_at, new.subject.split(",")[0]) == (None, "CN=Nümunəyev Şahin")
    assert run("representative", "certificate", "withdraw", "5TESTS3", old.fingerprint, *WHY).exit_code == 0
    listed = run("representative", "certificate", "list", "5TESTS3").stdout
    assert listed.count("withdrawn") == 1
    card.write_bytes((sample_home / "dev" / "systems" / "SBS-BORDER.pem").read_bytes())
    assert "belongs to SBS-BORDER already" in run(*add).stderr


def test_a_mandate_is_enrolled_shown_and_withdrawn(sample_home, run):
    add = ("mandate", "add", "M-1", "--for", "MOJ", "--agent", "SBS", "--from", "2026-01-01", "--to", "2026-12-31")
    assert run(*add).exit_code == 2
    for_itself = run(*add[:6], "MOJ", *add[7:], "--allow", "notices.PullNotices")
    assert (for_itself.exit_code, "no mandate to act for itself" in for_itself.stderr) == (1, True)
    done = run(*add, "--allow", "documents.CheckDocuments", "--document-type", "all", "--system", "SBS-BORDER")
    assert done.stdout == "M-1: SBS may act for MOJ until 2026-12-31.\n"
    (mandate,) = known(sample_home)[0].mandates_between("SBS", "MOJ")
    assert (mandate.system, mandate.rights[0].document_types) == ("SBS-BORDER", (EVERY,))
    assert "documents.CheckDocuments: all" in run("mandate", "list").stdout
    assert run("mandate", "withdraw", "M-1", *WHY).exit_code == 0
    assert known(sample_home)[0].mandates["M-1"].standing is Standing.WITHDRAWN


def test_the_commands_speak_azerbaijani_too(sample_home, run, monkeypatch):
    assert sample_home.is_dir()
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    done = run("system", "suspend", "SBS-BORDER", *WHY)
    assert done.stdout == "SBS-BORDER dayandırılıb; bütün proseslərdə qüvvədədir.\n"
    assert "dayandırılıb" in run("system", "list").stdout
    assert "qeydiyyatda deyil" in run("system", "suspend", "NOBODY", *WHY).stderr
    silent = run("system", "grant", "SBS-BORDER", "--allow", "registration.GetEntry", *WHY)
    assert "--register KOD" in silent.stderr
