from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest

from gateway import fault_page
from gateway.security.dev_pki import Authority
from handlers.parties.queries import load_directory
from handlers.store.engine import open_store


def contents(home):
    return {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.suffix in {".pem", ".key"}}


def test_a_second_init_keeps_keys_and_data_and_says_so(sample_home, run):
    before = contents(sample_home)
    result = run("init", "--dev")
    assert result.exit_code == 0
    assert contents(sample_home) == before
    assert "kept" in result.stdout
    assert "made" not in result.stdout


def test_keys_are_readable_by_their_owner_only(sample_home):
    files = [*sample_home.rglob("*.pem"), *sample_home.rglob("*.key"), *sample_home.rglob("passwords.json")]
    assert len(files) > 9
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(sample_home.stat().st_mode) == 0o700


def test_sample_agencies_are_enrolled_with_system_and_representative(sample_home):
    store = open_store(f"sqlite:///{sample_home}/registers.db")
    with store.reading() as connection:
        directory = load_directory(connection)
    store.close()
    assert set(directory.agencies) == {"MOJ", "MIA", "SBS"}
    assert {each.agency for each in directory.systems.values()} == {"MOJ", "MIA", "SBS"}
    assert all(each.certificates and each.login for each in directory.representatives.values())


def test_init_without_dev_makes_a_gateway_that_trusts_nobody_yet(run, tmp_path):
    assert run("init").exit_code == 0
    home = tmp_path / "home"
    assert (home / "keys" / "gateway-root.pem").is_file()
    assert not list((home / "trust" / "roots").iterdir())
    result = run("up")
    assert result.exit_code == 1
    assert "trust" in result.stderr


def test_an_agency_system_and_person_can_be_enrolled(sample_home, run):
    added = run(
        "agency", "add", "MOD", "--name-az", "Müdafiə Nazirliyi", "--name-en", "Defence", "--tax-id", "0000000009"
    )
    assert added.exit_code == 0
    assert "MOD" in run("agency", "list").stdout
    person = run(
        "representative", "add", "5TESTX9", "--agency", "MOD", "--identity-card", "AZE00000009", "--surname", "A",
        "--name", "B", "--from", "2026-01-01", "--to", "2027-01-01", "--login", "x.mod", "--generate-password",
    )  # fmt: skip
    assert person.exit_code == 0
    assert "shown this once" in person.stdout


def test_a_certificate_belongs_to_one_system_only(sample_home, run):
    pem = str(sample_home / "dev" / "systems" / "MOJ-REGISTERS.pem")
    result = run(
        "system", "add", "OTHER", "--agency", "MIA", "--certificate", pem, "--name", "Other", "--allow", "bus.*"
    )
    assert result.exit_code == 1
    assert "MOJ-REGISTERS" in result.stderr


def foreign_certificate(folder):
    now = datetime.now(UTC)
    path = folder / "foreign.pem"
    path.write_bytes(Authority.root(now).issue("Stranger", now).certificate_pem)
    return str(path)


def test_a_certificate_that_leads_to_no_trusted_root_is_enrolled_only_when_told(sample_home, run, tmp_path):
    command = (
        "system", "add", "OTHER", "--agency", "MIA", "--certificate", foreign_certificate(tmp_path), "--name", "Other",
    )  # fmt: skip
    result = run(*command)
    assert result.exit_code == 1
    assert str(sample_home / "trust" / "roots") in result.stderr
    assert "OTHER" not in run("agency", "list").stdout
    assert run(*command, "--untrusted").exit_code == 0
    assert "OTHER" in run("agency", "list").stdout


def person(*more):
    return (
        "representative", "add", "5TESTX7", "--agency", "MOJ", "--identity-card", "AZE00000007", "--surname", "A",
        "--name", "B", *more,
    )  # fmt: skip


def test_a_card_that_leads_to_no_trusted_root_is_enrolled_only_when_told(sample_home, run, tmp_path):
    assert sample_home.is_dir()
    command = person(
        "--from", "2026-01-01", "--to", "2027-01-01", "--certificate", foreign_certificate(tmp_path)
    )  # fmt: skip
    assert run(*command).exit_code == 1
    assert run(*command, "--untrusted").exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        ("system", "add", "OTHER", "--agency", "MIA", "--name", "Other"),
        ("system", "certificate", "add", "MOJ-REGISTERS", "--reason", "Key roll-over"),
        person("--from", "2026-01-01", "--to", "2027-01-01"),
    ],
)
def test_a_certificate_that_was_not_made_for_what_the_settings_demand_is_enrolled_only_when_told(
    sample_home, run, tmp_path, monkeypatch, command
):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    authority = Authority.root(yesterday, common_name="National CA")
    (sample_home / "trust" / "roots" / "national.pem").write_bytes(authority.issued.certificate_pem)
    path = tmp_path / "certificate.pem"
    path.write_bytes(authority.issue("Holder", yesterday, kind="P-256").certificate_pem)
    command = (*command, "--certificate", str(path))
    demands = {
        "GATEWAY_REQUIRED_POLICIES": ("1.2.3.4", "CERT.POLICY"),
        "GATEWAY_SIGNER_PURPOSES": ("clientAuth", "CERT.EKU"),
    }
    for setting, (demanded, reason) in demands.items():
        with monkeypatch.context() as setting_only:
            setting_only.setenv(setting, demanded)
            result = run(*command)
        assert result.exit_code == 1
        assert f"({reason})" in result.stderr
        assert "signer_purposes and required_policies" in result.stderr
    monkeypatch.setenv("GATEWAY_SIGNER_PURPOSES", "clientAuth")
    assert run(*command, "--untrusted").exit_code == 0


@pytest.mark.parametrize(
    ("from_now", "expected"),
    [(timedelta(days=30), (0, "")), (timedelta(days=-400), (1, "get one that is still valid"))],
)
def test_a_successor_is_enrolled_ahead_of_its_time_and_one_past_it_is_not(
    sample_home, run, tmp_path, from_now, expected
):
    now = datetime.now(UTC)
    authority = Authority.root(now - timedelta(days=500), common_name="National CA")
    (sample_home / "trust" / "roots" / "national.pem").write_bytes(authority.issued.certificate_pem)
    path = tmp_path / "certificate.pem"
    path.write_bytes(authority.issue("Holder", now + from_now, kind="P-256").certificate_pem)
    result = run("system", "certificate", "add", "MOJ-REGISTERS", "--reason", "Roll-over", "--certificate", str(path))
    assert result.exit_code == expected[0]
    assert expected[1] in result.stderr
    assert "trust/roots" not in result.stderr


def test_a_period_that_ends_before_it_begins_is_told_before_a_password_is_asked_for(sample_home, run):
    assert sample_home.is_dir()
    result = run(*person("--from", "2027-01-01", "--to", "2026-01-01", "--login", "z.moj"), input="short\n")
    assert result.exit_code == 2
    assert "--to 2026-01-01" in result.stderr
    assert "12 characters" not in result.stderr


def test_what_keeps_a_party_from_being_enrolled_is_said_in_azerbaijani(sample_home, run, monkeypatch):
    assert sample_home.is_dir()
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("agency", "add", "M O", "--name-az", "a", "--name-en", "b", "--tax-id", "0000000010")
    assert result.exit_code == 1
    told = "qurumun kodu: 'M O' yaramır; gərəkli: 1-40 hərf, rəqəm, nöqtə, defis və ya alt xətt."
    assert result.stderr.strip() == f"Xəta: Qeydiyyata alınmadı: {told}"


def test_a_short_password_is_refused_and_nothing_stored(sample_home, run):
    result = run(
        "representative", "add", "5TESTX8", "--agency", "MOJ", "--identity-card", "AZE00000008", "--surname", "A",
        "--name", "B", "--from", "2026-01-01", "--to", "2027-01-01", "--login", "y.moj", input="short\n",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "12 to 256 characters" in result.stderr


def test_an_unknown_document_type_or_right_is_refused(sample_home, run):
    agency = (
        "agency",
        "add",
        "Z",
        "--name-az",
        "a",
        "--name-en",
        "b",
        "--tax-id",
        "0000000010",
        "--provides",
        "PASPORT",
    )
    assert run(*agency).exit_code == 2
    pem = str(sample_home / "dev" / "systems" / "MOJ-REGISTERS.pem")
    system = ("system", "add", "Z", "--agency", "MOJ", "--certificate", pem, "--name", "Z", "--allow", "bus.Nothing")
    assert run(*system).exit_code == 2


def test_queues_show_every_queue_with_its_dead_letters(sample_home, run):
    result = run("queues", "--fail-on-dead")
    assert result.exit_code == 0
    for name in ("commands.registration", "commands.documents.dead", "events.notices"):
        assert name in result.stdout


def test_verify_tells_a_valid_message_from_a_changed_one(sample_home, run, tmp_path):
    made = run("call", "notices", "PullNotices", "--as", "MOJ", "--print-request", "afterSequence=1")
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(made.stdout_bytes)
    bad.write_bytes(made.stdout_bytes.replace(b">1</afterSequence>", b">2</afterSequence>"))
    result = run("verify", str(good))
    assert result.exit_code == 0
    assert "VALID: SOAP message PullNotices" in result.stdout
    result = run("verify", str(good), str(bad))
    assert result.exit_code == 1
    assert "SIG.REF.DIGEST" in result.stdout


def test_the_contract_is_exported_and_compared(run, tmp_path):
    assert run("contract", "export", "--to", str(tmp_path)).exit_code == 0
    assert run("contract", "export", "--to", str(tmp_path), "--check").exit_code == 0
    (tmp_path / "xsd" / "types.xsd").write_bytes(b"<changed/>")
    result = run("contract", "export", "--to", str(tmp_path), "--check")
    assert result.exit_code == 1
    assert "xsd/types.xsd" in result.stdout


def test_the_page_of_faults_is_written_and_compared(run, tmp_path):
    page = tmp_path / "FAULTS.md"
    assert run("contract", "faults", "--to", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8") == fault_page.page()
    assert run("contract", "faults", "--to", str(page), "--check").exit_code == 0
    page.write_text("other")
    assert run("contract", "faults", "--to", str(page), "--check").exit_code == 1


def test_everything_that_expires_is_listed_with_the_days_left_and_the_soonest_first(sample_home, run):
    result = run("certificates")
    assert result.exit_code == 0, result.output
    days = [int(line.split()[0]) for line in result.stdout.splitlines() if line.split()[0].isdigit()]
    assert days == sorted(days)
    for kind in ("gateway", "root", "intermediate", "system", "representative"):
        assert kind in result.stdout
