"""B131 to B153: who acts, when, and how often."""

from __future__ import annotations

import statistics
import threading
from datetime import timedelta
from uuid import uuid4

from tests.attacks.bending import find
from tests.attacks.judge import read
from tests.attacks.model import Expect, Sent, bad, judged
from tests.attacks.world import minutes
from tests.unit.gateway.security.material import PASSWORD_TYPE, timestamp, token, username, wsa

AUTH, SEC, EXP, UTOK, CHK, CLI, INERT = (
    Expect.AUTH, Expect.SEC, Expect.EXP, Expect.UTOK, Expect.CHK, Expect.CLI, Expect.INERT,
)  # fmt: skip
PROFILE = PASSWORD_TYPE.rpartition("#")[0]


def with_user(w, inner: str) -> bytes:
    return w.full(security=[timestamp(w.now), token(w.mia), username(inner)])


def with_times(w, inner: str) -> bytes:
    stamp = f'<wsu:Timestamp wsu:Id="TS">{inner}</wsu:Timestamp>'
    return w.plain(security=[stamp, token(w.mia)])


def created(when) -> str:
    return f"<wsu:Created>{when:%Y-%m-%dT%H:%M:%SZ}</wsu:Created>"


def expires(when) -> str:
    return f"<wsu:Expires>{when:%Y-%m-%dT%H:%M:%SZ}</wsu:Expires>"


@bad("B131", "no Password", "security", AUTH, "USER.NO_PASSWORD", "CVE-2013-0239 (CXF)")
def no_password(w):
    yield "Username alone", with_user(w, f"<wsse:Username>{w.login.login}</wsse:Username>")


@bad("B132", "empty token, Password or Username", "security", AUTH, "USER.EMPTY", "CVE-2012-0803 (CXF)")
def empty(w):
    yield "token", with_user(w, "")
    yield "Password", with_user(w, w.user(password=""))
    yield "Username", with_user(w, w.user(login=""))
    yield "Username of spaces", with_user(w, w.user(login="  "))
    yield "password of 10 KB", with_user(w, w.user(password="p" * 10_000)), "USER.LENGTH"
    yield "login of 10 KB", with_user(w, w.user(login="l" * 10_000)), "USER.LENGTH"


@bad("B133", "password digest", "security", UTOK, "USER.PASSWORD.TYPE", "security §0",
     note="passwords are kept as Argon2id only; a digest could not be checked")  # fmt: skip
def digest(w):
    for kind in (f"{PROFILE}#PasswordDigest", "urn:x", ""):
        inner = w.user().replace(PASSWORD_TYPE, kind)
        yield kind.rpartition("#")[2] or "none", with_user(w, inner)


@bad("B134", "doubled children", "security", SEC, "USER.CHILDREN", "BSP R4222, R4223, R4225")
def doubled(w):
    password = f'<wsse:Password Type="{PASSWORD_TYPE}">x</wsse:Password>'
    yield "two Passwords", with_user(w, w.user() + password)
    yield "two Usernames", with_user(w, "<wsse:Username>x</wsse:Username>" + w.user())
    yield "Password first", with_user(w, password + "<wsse:Username>x</wsse:Username>")
    yield "unknown child", with_user(w, w.user() + '<x xmlns="urn:x"/>')
    yield (
        "two tokens",
        w.full(security=[timestamp(w.now), token(w.mia), username(w.user()), username(w.user(), "UT2")]),
        "SEC.TWO.USERNAMETOKEN",
    )
    yield (
        "element in the Username",
        with_user(w, w.user().replace("<wsse:Username>", "<wsse:Username><x/>")),
        ("USER.NAME.LEAF"),
    )


@bad("B135", "nonce and Created in the token", "security", SEC, "USER.CHILDREN", "security §4 E",
     note="with PasswordText there is no nonce to check (§0): the profile has none, in whatever form")  # fmt: skip
def nonce(w):
    for name, more in {
        "nonce": "<wsse:Nonce>AAAA</wsse:Nonce>",
        "Created": created(w.now),
        "10 KB": f"<wsse:Nonce>{'A' * 10_000}</wsse:Nonce>",
        "encoding": '<wsse:Nonce EncodingType="urn:x">AAAA</wsse:Nonce>',
        "derived key": '<w:Salt xmlns:w="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd">AAAA</w:Salt>',
    }.items():
        yield name, with_user(w, w.user() + more)


@judged("B136", "user oracle", "security", AUTH, "", "security §4 E; OWASP ASVS 6.3.8")
def oracle(target):
    """Wrong password and unknown user: one text, and no difference in time that could be used."""
    w, tries = target.world, 12
    shown, spent = {}, {"wrong": [], "unknown": []}
    for number in range(tries):
        for name, inner in {
            "wrong": w.user(password=f"wrong-{number}"),
            "unknown": w.user(login=f"nobody-{number}", password="wrong"),
        }.items():
            answer = target.send(Sent(with_user(w, inner)))
            reading = read(answer)
            shown.setdefault((reading.code,), set()).add(name)
            if reading.code == "client.security.authentication-failed":
                spent[name].append(answer.cpu if target.name == "core" else answer.wall)
    names = set().union(*shown.values())
    yield "both are refused", "" if names == {"wrong", "unknown"} and ("",) not in shown else f"{shown}"
    if all(len(each) >= 3 for each in spent.values()):
        one, other = (statistics.median(each) for each in spent.values())
        difference = abs(one - other) / max(one, other)
        yield "time", "" if difference < 0.25 else f"differs by {difference:.0%}"


@bad(
    "B137",
    "person of another agency",
    "security",
    AUTH,
    "ID.PERSON.AUTHORITY|ID.REPRESENTATIVE.AUTHORITY",
    "security §4 E",
)
def mismatch(w):
    from gateway.demo.enrolment import login_of

    other = login_of(w.home, w.person("MOJ"))
    yield "login of MOJ, signature of MIA", with_user(w, w.user(other.password, other.login))


@judged("B138", "replay of a command", "time", INERT, "", "CVE-2026-41000 (Spring-WS)")
def replay(target):
    """§0: the same request again gets the original receipt, and has no second effect in the queue that is not one."""
    message = Sent(target.world.plain())
    first = target.send(message)
    receipt = _receipt(first.body)
    for number in range(5):
        again = target.send(message)
        yield f"copy {number + 2}", "" if receipt and _receipt(again.body) == receipt else "another receipt"


def _receipt(body: bytes) -> bytes:
    start, end = b"<signedReceipt", b"</signedReceipt>"
    return body.partition(start)[2].partition(end)[0]


@bad("B139", "nonce spelt anew", "time", SEC, "USER.CHILDREN", "CVE-2026-92899 (WSS4J)")
def respelt(w):
    for nonce in ("AAAA", " AAAA", "AA\nAA", "AAAA="):
        yield repr(nonce), with_user(w, w.user() + f"<wsse:Nonce>{nonce}</wsse:Nonce>")


@judged("B140", "parallel replay", "time", INERT, "", "CVE-2026-115690 (WSS4J)")
def parallel(target):
    """50 copies at once: one receipt. (How many effects the workers make of it: tests/acceptance.)"""
    message, receipts, lock = Sent(target.world.plain()), [], threading.Lock()
    if target.name == "core":
        answers = [target.send(message) for _ in range(50)]
        receipts = [_receipt(each.body) for each in answers]
    else:
        from tests.attacks.targets import exchange, read_answer, wire

        def one(port):
            body = read_answer(exchange(port, wire(message), 30)[0])[2]
            with lock:
                receipts.append(_receipt(body))

        threads = [threading.Thread(target=one, args=(target.children[n % 2][1],)) for n in range(50)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    found = {each for each in receipts if each}
    yield "50 copies", "" if len(found) == 1 else f"{len(found)} different receipts"


@judged("B141", "request id with another content", "time", CLI, "", "security §0; B141, B151")
def conflict(target):
    w, ident = target.world, str(uuid4())
    first = read(target.send(Sent(w.plain(payload=w.report(request_id=ident)))))
    yield "first", "" if first.kind == "answer" else first.code
    other = read(target.send(Sent(w.plain(payload=w.report("C77703992", request_id=ident)))))
    yield "other content", "" if other.code == "client.request.conflict" else f"{other.kind} {other.code}"
    for name, spelt in {"capitals": ident.upper(), "small": ident}.items():
        again = read(target.send(Sent(w.plain(payload=w.report("C77703992", request_id=spelt)))))
        yield name, "" if again.code == "client.request.conflict" else f"{again.kind} {again.code}"


@bad("B142", "request id that only looks the same", "time", CLI, "CONTRACT.SCHEMA", "security §4 E")
def look_alike_ids(w):
    ident = str(uuid4())
    for name, value in {
        "full width": ident.replace(ident[0], chr(0xFEE0 + ord(ident[0])), 1), "Arabic digit": "\u0661" + ident[1:],
        "zero-width": ident[:4] + "\u200b" + ident[4:], "braces": f"{{{ident}}}", "no hyphens": ident.replace("-", ""),
        "URN": f"urn:uuid:{ident}", "empty": "", "newline after": ident + "\n\n x", "nil and more": ident + "0",
        "SQL": "' OR 1=1 --", "combining": ident[:8] + "\u0301" + ident[9:],
    }.items():  # fmt: skip
        yield name, w.plain(payload=w.report(request_id=ident).replace(ident, value))


@bad("B143", "future and past in other clocks", "time", SEC, "TIME.FORM", "xsd:dateTime")
def odd_times(w):
    for text in (
        "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z",
        "26-01-01T00:00:00Z",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "now", "", "0000-01-01T00:00:00Z", "-2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00.1234567890123Z", "9999999999-01-01T00:00:00Z",
        "\u0662\u0660\u0662\u0666-01-01T00:00:00Z", "2026-W01-1T00:00:00Z",
    ):  # fmt: skip
        yield text or "empty", with_times(w, f"<wsu:Created>{text}</wsu:Created>{expires(w.now + minutes(5))}")


@bad("B144", "expired", "time", EXP, "TIME.EXPIRED", "security §4 E")
def expired(w):
    for ago in (6, 60, 60 * 24 * 365):
        yield f"{ago} minutes old", w.plain(security=[timestamp(w.now - minutes(ago)), token(w.mia)])
    yield "one second", with_times(w, created(w.now - minutes(4)) + expires(w.now - timedelta(seconds=1)))


@bad("B145", "from the future", "time", EXP, "TIME.FUTURE", "security §4 E")
def future(w):
    for ahead in (2, 60, 60 * 24 * 365):
        yield f"{ahead} minutes ahead", w.plain(security=[timestamp(w.now + minutes(ahead)), token(w.mia)])


@bad("B146", "absurd lifetime", "time", EXP, "", "security §4 E")
def lifetime(w):
    now = w.now
    yield "ten years", with_times(w, created(now) + expires(now + timedelta(days=3650))), "TIME.LIFETIME"
    yield "six minutes", with_times(w, created(now) + expires(now + minutes(6))), "TIME.LIFETIME"
    yield "ends before it begins", with_times(w, created(now) + expires(now - minutes(1))), "TIME.ORDER"
    yield "no length", with_times(w, created(now) + expires(now)), "TIME.ORDER"
    yield "no Expires", with_times(w, created(now)), "TIME.CHILDREN", SEC
    yield "no Created", with_times(w, expires(now + minutes(5))), "TIME.CHILDREN", SEC
    yield "empty", with_times(w, ""), "TIME.CHILDREN", SEC


@bad("B147", "two Timestamps, extra children", "time", SEC, "", "BSP R3227, R3222")
def two_timestamps(w):
    stamp = timestamp(w.now)
    yield "two", w.plain(security=[stamp, stamp.replace('"TS"', '"T2"'), token(w.mia)]), "SEC.TWO.TIMESTAMP"
    both = created(w.now) + expires(w.now + minutes(5))
    yield "two Created", with_times(w, created(w.now) + both), "TIME.CHILDREN"
    yield "order", with_times(w, expires(w.now + minutes(5)) + created(w.now)), "TIME.CHILDREN"
    yield "unknown child", with_times(w, both + '<x xmlns="urn:x"/>'), "TIME.CHILDREN"
    yield "text", with_times(w, both + "x"), "TIME.TEXT"
    yield "ValueType", with_times(w, both.replace("<wsu:Created>", '<wsu:Created ValueType="x">')), "TIME.ATTRIBUTE"
    yield (
        "attribute",
        w.plain(security=[stamp.replace("<wsu:Timestamp ", '<wsu:Timestamp x="1" '), token(w.mia)]),
        "TIME.ATTRIBUTE",
    )


@bad("B148", "Timestamp changed after signing", "time", CHK, "SIG.REF.DIGEST", "security §4 E")
def changed_time(w):
    def later(root):
        find(root, "Expires").text = f"{w.now + minutes(4):%Y-%m-%dT%H:%M:%SZ}"

    yield "Expires", w.plain(after=later)
    old = w.plain(security=[timestamp(w.now - minutes(20)), token(w.mia)], after=lambda root: [
        setattr(find(root, "Created"), "text", f"{w.now:%Y-%m-%dT%H:%M:%SZ}"), later(root)])  # fmt: skip
    yield "an old message made young", old


@bad("B149", "no Timestamp, but a fresh token", "time", SEC, "SEC.NO_TIMESTAMP", "security §4 E")
def no_timestamp(w):
    yield "removed", w.plain(security=[token(w.mia)], refs=["Body"])
    yield "in the Header", w.plain(security=[token(w.mia)], headers=timestamp(w.now))
    user = username(w.user() + created(w.now))
    yield "Created in the UsernameToken", w.plain(security=[token(w.mia), user], refs=["Body", "UT"])


@judged("B150", "password guessing", "security", AUTH, "", "OWASP ASVS 6.3.1")
def guessing(target):
    """Many wrong passwords for one person, one for many: refused, and other callers are served meanwhile."""
    w = target.world
    for number in range(20):
        inner = (
            w.user(password=f"guess-{number}") if number % 2 else w.user(login=f"user-{number}", password="Password1")
        )
        reading = read(target.send(Sent(with_user(w, inner))))
        refused = reading.code in {"client.security.authentication-failed", "client.security.throttled"}
        if not refused:
            yield f"guess {number}", f"{reading.kind} {reading.code}"
    good = read(target.send(Sent(w.plain())))
    yield "another call meanwhile", "" if good.kind == "answer" else good.code


@judged("B151", "MessageID used again", "time", INERT, "", "security §0",
        note="the key is context/requestId in the Body: with another one it is another request")  # fmt: skip
def message_id_reuse(target):
    w = target.world
    header = wsa("MessageID", f"urn:uuid:{uuid4()}")
    readings = [read(target.send(Sent(w.plain(headers=header, refs=["TS", "Body", "MessageID"])))) for _ in range(2)]
    yield "two requests, one MessageID", "" if all(each.kind == "answer" for each in readings) else f"{readings}"


@bad("B152", "replay under another service or operation", "time", CLI, "", "cross-service replay")
def cross_service(w):
    message = w.plain()
    for service in ("registration", "notices", "bus"):
        yield service, Sent(message, service=service), "CONTRACT.OPERATION"
    yield "another operation", Sent(message, operation="CheckDocuments"), "SOAP.ACTION.OTHER"
    yield "unknown service", Sent(message, service="secrets"), "HTTP.PATH", Expect.H404
    yield "unknown version", Sent(message, path="/soap/documents/v2"), "HTTP.PATH", Expect.H404


@judged("B153", "replay after a restart", "time", INERT, "", "security §4 E")
def after_restart(target):
    """A second gateway that never saw the message gives the same receipt."""
    from contextlib import ExitStack

    from tests.attacks.targets import InProcess, Served

    message = Sent(target.world.plain())
    receipt = _receipt(target.send(message).body)
    with ExitStack() as closing:
        if target.name == "core":
            other = InProcess(target.installation, target.world, closing)
        else:
            other = Served(target.installation, target.world, closing, processes=1)
        again = _receipt(other.send(message).body)
    yield "receipt", "" if receipt and again == receipt else "another receipt"
