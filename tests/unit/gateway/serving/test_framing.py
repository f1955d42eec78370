"""What RFC 9112 lets be read in one way only is served; all else is refused once, and what follows is not looked at."""

import socket
import threading

import pytest

from tests.unit.gateway.serving.live import PATH, answers, everything, live, post, until

GOOD = post(b"<good/>", "Connection: close")
"""A request that ends the connection: whatever of it is answered behind a refusal was smuggled."""


@pytest.fixture(scope="module")
def server():
    with live() as running:
        yield running


@pytest.fixture(autouse=True)
def forgetful(server):
    server.calls.clear()
    server.refused.clear()


def chunked(chunks, *headers):
    return post(chunks, "Transfer-Encoding: chunked", *headers, length=False)


def head(*lines, start=f"POST {PATH} HTTP/1.1", body=b""):
    return "\r\n".join([start, "Host: a", "Content-Type: text/xml", *lines, "", ""]).encode("latin-1") + body


REFUSED = {
    "Content-Length with a sign": (head("Content-Length: +5", body=b"12345"), 400),
    "negative Content-Length": (head("Content-Length: -5", body=b"12345"), 400),
    "Content-Length list": (head("Content-Length: 5, 5", body=b"12345"), 400),
    "Content-Length list without space": (head("Content-Length: 5,5", body=b"12345"), 400),
    "hexadecimal Content-Length": (head("Content-Length: 0x5", body=b"12345"), 400),
    "Content-Length with underscore": (head("Content-Length: 1_0", body=b"1234567890"), 400),
    "Content-Length of other digits": (head("Content-Length: \xb2", body=b"12"), 400),
    "empty Content-Length": (head("Content-Length:"), 400),
    "Content-Length with a space inside": (head("Content-Length: 1 0", body=b"1234567890"), 400),
    "two Content-Lengths": (head("Content-Length: 5", "Content-Length: 6", body=b"123456"), 400),
    "two equal Content-Lengths": (head("Content-Length: 5", "Content-Length: 5", body=b"12345"), 400),
    "Content-Length of 20 digits": (head("Content-Length: 18446744073709551617", body=b"1"), 413),
    "Content-Length of 5000 digits": (head("Content-Length: " + "9" * 5000), 413),
    "Content-Length of 2 GB (B005)": (head("Content-Length: 2147483648"), 413),
    "one byte too many": (head("Content-Length: 100001"), 413),
    "both framings": (chunked(b"0\r\n\r\n", "Content-Length: 5"), 400),
    "both framings, the other way": (post(b"0\r\n\r\n", "Transfer-Encoding: chunked"), 400),
    "other coding": (head("Transfer-Encoding: gzip", body=b"0\r\n\r\n"), 400),
    "identity coding": (head("Transfer-Encoding: identity", body=b"0\r\n\r\n"), 400),
    "coding before chunked": (head("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), 501),
    "chunked not last": (head("Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"), 400),
    "chunked twice": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "quoted chunked": (head('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"), 400),
    "empty coding": (head("Transfer-Encoding:", body=b"0\r\n\r\n"), 400),
    "vertical tab before chunked": (head("Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"), 400),
    "chunked in 1.0": (head("Transfer-Encoding: chunked", start=f"POST {PATH} HTTP/1.0", body=b"0\r\n\r\n"), 400),
    "space before colon": (head("Content-Length : 0"), 400),
    "space before coding's colon": (head("Transfer-Encoding : chunked", body=b"0\r\n\r\n"), 400),
    "folded line": (head("X-A: 1", " Content-Length: 5"), 400),
    "folded coding": (head("Transfer-Encoding:", " chunked", body=b"0\r\n\r\n"), 400),
    "fold at once": (b"GET /health HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    "NUL in a value": (head("X-A: a\x00b"), 400),
    "NUL in a name": (head("X\x00A: a"), 400),
    "escape in a value": (head("X-A: \x1b[31m"), 400),
    "delete in a value": (head("X-A: \x7f"), 400),
    "line without colon": (head("X-A"), 400),
    "line without name": (head(": a"), 400),
    "name of other letters": (head("X-\xc4: a"), 400),
    "bare LF in the head": (b"POST " + PATH.encode() + b" HTTP/1.1\nHost: a\n\n", 400),
    "bare LF between fields": (head("X-A: 1\nContent-Length: 5", body=b"12345"), 400),
    "bare CR between fields": (head("X-A: 1\rContent-Length: 5", body=b"12345"), 400),
    "LF CR": (head("X-A: 1\n\rX-B: 2"), 400),
    "no Host": (f"GET {PATH}?wsdl HTTP/1.1\r\n\r\n".encode(), 400),
    "two Hosts": (head("Host: b"), 400),
    "a Host that is none": (b"GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "a Host with a name": (b"GET /health HTTP/1.1\r\nHost: x@a\r\n\r\n", 400),
    "two Content-Types": (head("Content-Type: text/xml"), 400),
    "two SOAPActions": (head('SOAPAction: "a"', 'SOAPAction: "a"'), 400),
    "another expectation": (head("Expect: 200-ok", "Content-Length: 5"), 417),
    "two expectations": (head("Expect: 100-continue", "Expect: 100-continue", "Content-Length: 5"), 400),
    "HTTP/0.9": (b"GET /health\r\n", 400),
    "HTTP/0.9 with fields": (b"GET /health\r\nHost: a\r\n\r\n", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "HTTP/3.0": (b"GET /health HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "small protocol name": (b"GET /health http/1.1\r\nHost: a\r\n\r\n", 400),
    "two spaces": (b"GET  /health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "tabs for spaces": (b"GET\t/health\tHTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "space at the end": (b"GET /health HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    "space at the start": (b" GET /health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a version of two digits": (b"GET /health HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    "blank lines without end": (b"\r\n" * 50, 400),
    "a path that is none": (b"GET health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a fragment": (b"GET /health#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "broken percent-encoding": (b"GET /health%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "bytes in the path": (b"GET /health\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a name in the target": (b"GET http://x@a/health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "another scheme": (b"GET ftp://a/health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a long target": (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a long target without end": (b"GET /" + b"a" * 40_000, 431),
    "a long field": (head("X-A: " + "a" * 33_000), 431),
    "a long field without end": (f"GET /health HTTP/1.1\r\nHost: a\r\nX: {'a' * 40_000}".encode(), 431),
    "many fields": (head(*(f"X-{n}: 1" for n in range(200))), 431),
    "CONNECT": (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405),
    "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "chunk size with a sign": (chunked(b"+5\r\n12345\r\n0\r\n\r\n"), 400),
    "chunk size 0x": (chunked(b"0x5\r\n12345\r\n0\r\n\r\n"), 400),
    "chunk size with underscore": (chunked(b"1_0\r\n1234567890123456\r\n0\r\n\r\n"), 400),
    "negative chunk size": (chunked(b"-1\r\n\r\n0\r\n\r\n"), 400),
    "no chunk size": (chunked(b"\r\n12345\r\n0\r\n\r\n"), 400),
    "space before chunk size": (chunked(b" 5\r\n12345\r\n0\r\n\r\n"), 400),
    "space after chunk size": (chunked(b"5 \r\n12345\r\n0\r\n\r\n"), 400),
    "chunk size of 17 digits": (chunked(b"00000000000000005\r\n12345\r\n0\r\n\r\n"), 400),
    "chunk of 2^63": (chunked(b"7fffffffffffffff\r\n1"), 413),
    "chunk with bare LF": (chunked(b"5\n12345\r\n0\r\n\r\n"), 400),
    "chunk ended by bare LF": (chunked(b"5\r\n12345\n0\r\n\r\n"), 400),
    "chunk ended by bare CR": (chunked(b"5\r\n12345\r0\r\n\r\n"), 400),
    "chunk longer than said": (chunked(b"5\r\n123456\r\n0\r\n\r\n"), 400),
    "chunk shorter than said": (chunked(b"5\r\n1234\r\n0\r\n\r\n"), 400),
    "bad extension": (chunked(b"5;a=\x01\r\n12345\r\n0\r\n\r\n"), 400),
    "extension with LF": (chunked(b"5;a\nb\r\n12345\r\n0\r\n\r\n"), 400),
    "extension without name": (chunked(b"5;=1\r\n12345\r\n0\r\n\r\n"), 400),
    "long extension": (chunked(b"5;a=" + b"a" * 2000 + b"\r\n12345\r\n0\r\n\r\n"), 400),
    "extensions without end": (chunked(b"1;a=" + b"a" * 40_000), 400),
    "bytes one by one": (chunked(b"1\r\nx\r\n" * 20_000), 400),
    "bad trailer": (chunked(b"0\r\nX A: 1\r\n\r\n"), 400),
    "folded trailer": (chunked(b"0\r\nX-A: 1\r\n 2\r\n\r\n"), 400),
    "trailer with LF": (chunked(b"0\r\nX-A: 1\n\r\n\r\n"), 400),
    "trailers without end": (chunked(b"0\r\n" + b"X-A: 11111111111111111111111111111\r\n" * 300), 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_be_read_two_ways_is_refused_once_and_ends_the_connection(server, name, capsys):
    data, status = REFUSED[name]
    got = server.say(data + GOOD)
    assert [each.status for each in got] == [status]
    refusal = got[0]
    assert refusal.headers["Connection"] == "close"
    assert not server.calls
    assert server.refused == [refusal.code]
    assert_nothing_is_told(refusal)
    fault_id = refusal.body.split(b"(")[1].split(b")")[0].decode()
    assert capsys.readouterr().out.count(fault_id) == 1


def assert_nothing_is_told(answer):
    assert not {"Server", "Via", "X-Powered-By"} & set(answer.headers)
    text = answer.body.lower()
    assert not any(word in text for word in (b"waitress", b"traceback", b".py", b"python", b"generated by"))


SERVED = {
    "plain": post(b"<x/>"),
    "fields in other cases": post(b"<x/>").replace(b"Content-Length", b"cOnTeNt-lEnGtH").replace(b"Host", b"HOST"),
    "zeros before the length": post(b"<x/>").replace(b"Content-Length: 4", b"Content-Length: 0004"),
    "spaces around values": post(b"<x/>", "X-A:\t 1 \t"),
    "empty values": post(b"<x/>", "X-A:"),
    "other letters in values": post(b"<x/>", "X-A: \xe4\xf6"),
    "blank line before": b"\r\n" + post(b"<x/>"),
    "a later minor version": post(b"<x/>", start="POST {path} HTTP/1.7"),
    "absolute target": post(b"<x/>", path=f"http://gateway.example{PATH}"),
    "absolute target for another host": post(b"<x/>", path=f"HTTPS://other.example:81{PATH}"),
    "upgrade to HTTP/2": post(
        b"<x/>", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"
    ),
    "upgrade to a socket": post(b"<x/>", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x"),
    "names with underscores": post(b"<x/>", "Content_Length: 99", "Transfer_Encoding: chunked"),
    "100 fields": post(b"<x/>", *(f"X-{n}: 1" for n in range(95))),
    "chunks": chunked(b"1\r\n<\r\n3\r\nx/>\r\n0\r\n\r\n"),
    "chunked in other case": chunked(b"4\r\n<x/>\r\n0\r\n\r\n").replace(b"chunked", b"ChunKed"),
    "chunk sizes with zeros": chunked(b"0004\r\n<x/>\r\n000\r\n\r\n"),
    "chunk extensions": chunked(b'4;a=b; c="d\\"e" ;f\r\n<x/>\r\n0;last\r\n\r\n'),
    "trailers": chunked(b"4\r\n<x/>\r\n0\r\nX-A: 1\r\nContent-Length: 99\r\nHost: evil\r\n\r\n"),
    "old version": post(b"<x/>", start="POST {path} HTTP/1.0"),
    "old version without Host": post(b"<x/>", start="POST {path} HTTP/1.0", host=""),
    "continue, body at once": post(b"<x/>", "Expect: 100-continue"),
    "continue in the old version": post(b"<x/>", "Expect: 100-continue", start="POST {path} HTTP/1.0"),
}


@pytest.mark.parametrize("name", SERVED)
def test_what_the_standard_allows_is_served(server, name):
    got = [each for each in server.say_and_leave(SERVED[name]) if each.status != 100]
    assert [(each.status, each.body) for each in got] == [(200, b"<answer/>")]
    assert [each.body for each in server.calls] == [b"<x/>"]
    assert_nothing_is_told(got[0])


@pytest.mark.parametrize("name", SERVED)
def test_what_is_served_is_served_byte_by_byte_too(server, name):
    with server.connect() as sock:
        for byte in SERVED[name]:
            sock.send(bytes([byte]))
        sock.shutdown(socket.SHUT_WR)
        got = [each for each in answers(everything(sock)) if each.status != 100]
    assert [each.status for each in got] == [200]
    assert [each.body for each in server.calls] == [b"<x/>"]


@pytest.mark.parametrize(
    "path",
    [
        "//soap/documents/v1",
        "/soap//documents/v1",
        "/soap/documents/v1/",
        "/soap/documents/v1;a=b",
        "/soap/documents;a/v1",
        "/soap/documents/%76%31",
        "/soap/documents/v1%00",
        "/soap/./documents/v1",
        "/soap/x/../documents/v1",
        "/soap/%2e/documents/v1",
        "/%2e%2e/soap/documents/v1",
        "/soap%2fdocuments/v1",
        "/SOAP/documents/v1",
        "http://a//soap/documents/v1",
        "http://a",
        "/health/",
        "//health",
        "/health;x",
        "/%68ealth",
    ],
)
def test_only_the_exact_path_leads_to_a_service(server, path):
    for request in (post(b"<x/>", path=path), f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()):
        assert [each.status for each in server.say_and_leave(request)] == [404]
    assert not server.calls


METHODS = [
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "post",
    "get",
    "Post",
    "PROPFIND",
    "M-SEARCH",
    "X",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", [b"", b"<x/>"])
def test_every_method_but_post_is_refused_with_or_without_a_body(server, method, body):
    with server.connect() as sock:
        sock.sendall(post(body, path=f"{PATH}?arg=1", start=method + " {path} HTTP/1.1", length=bool(body)))
        sock.shutdown(socket.SHUT_WR)
        got = answers(everything(sock), to_head=method == "HEAD")
    assert [(each.status, each.headers["Allow"]) for each in got] == [(405, "POST, GET")]
    assert not server.calls
    assert server.refused == ["client.http.method-not-allowed"]


def test_get_with_a_body_reads_neither_contract_nor_health(server):
    for path in (f"{PATH}?wsdl", "/health", "/metrics"):
        got = server.say_and_leave(post(b"<x/>", path=path, start="GET {path} HTTP/1.1"))
        assert [each.status for each in got] == [405]


def test_an_absolute_target_names_the_host(server):
    request = b"GET http://gateway.example:81/soap/documents/v1?wsdl HTTP/1.1\r\nHost: other\r\n\r\n"
    assert server.say_and_leave(request)[0].body == b"<documents at='http://gateway.example:81'/>"


def test_a_body_is_asked_for_only_when_it_will_be_taken(server):
    with server.connect() as sock:
        sock.sendall(post(b"", "Expect: 100-continue", "Content-Length: 4", length=False))
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"<x/>")
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")
    refused = {
        415: post(b"", "Expect: 100-continue", "Content-Length: 4", "Content-Encoding: gzip", length=False),
        413: post(b"", "Expect: 100-continue", "Content-Length: 1001", path="/soap/small/v1", length=False),
        404: post(b"", "Expect: 100-continue", "Content-Length: 4", path="/x", length=False),
    }
    for status, request in refused.items():
        assert [each.status for each in server.say(request)] == [status]
    without_body = b"GET /health HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"
    assert [each.status for each in server.say_and_leave(without_body)] == [200]


def test_chunks_are_refused_at_the_limit_not_at_their_end(server):
    with server.connect() as sock:
        sock.sendall(chunked(b""))
        for _ in range(10):
            sock.sendall(b"2710\r\n" + b"a" * 10_000 + b"\r\n")
        sock.sendall(b"1\r\n")
        got = answers(everything(sock))
    assert [(each.status, each.headers["Connection"]) for each in got] == [(413, "close")]


def test_who_sends_on_after_a_refusal_still_reads_it(server):
    with server.connect() as sock:
        sock.sendall(head("Content-Length: 8000000"))
        sock.sendall(b"a" * 8_000_000)
        got = answers(everything(sock))
    assert [each.status for each in got] == [413]


def test_a_hundred_requests_use_one_connection(server):
    with server.connect() as sock, sock.makefile("rb") as file:
        for _ in range(100):
            sock.sendall(post(b"<x/>"))
            assert file.readline() == b"HTTP/1.1 200 OK\r\n"
            while (line := file.readline()) != b"\r\n":
                assert not line.startswith(b"Connection")
            assert file.read(9) == b"<answer/>"
    assert len(server.calls) == 100


def test_requests_sent_at_once_are_answered_in_order_up_to_a_refusal(server):
    good, bad = post(b"<x/>"), head("Content-Length: x")
    assert [each.status for each in server.say(good * 20 + bad + good * 20)] == [200] * 20 + [400]
    assert len(server.calls) == 20


@pytest.mark.parametrize(
    ("start", "connection", "stays"),
    [
        ("POST {path} HTTP/1.1", None, True),
        ("POST {path} HTTP/1.1", "keep-alive", True),
        ("POST {path} HTTP/1.1", "close", False),
        ("POST {path} HTTP/1.1", "Close", False),
        ("POST {path} HTTP/1.1", "TE, close", False),
        ("POST {path} HTTP/1.1", "keep-alive, close", False),
        ("POST {path} HTTP/1.1", "closed", True),
        ("POST {path} HTTP/1.0", None, False),
        ("POST {path} HTTP/1.0", "keep-alive", True),
        ("POST {path} HTTP/1.0", "Keep-Alive, TE", True),
        ("POST {path} HTTP/1.0", "close", False),
    ],
)
def test_the_caller_says_whether_the_connection_stays(server, start, connection, stays):
    request = post(b"<x/>", *([f"Connection: {connection}"] if connection else []), start=start)
    got = server.say_and_leave(request * 2)
    assert [each.status for each in got] == [200, 200] if stays else [200]
    if not stays:
        assert got[0].headers["Connection"] == "close"
    elif start.endswith("1.0"):
        assert got[0].headers["Connection"] == "Keep-Alive"


def test_a_caller_who_leaves_amid_his_request_leaves_nothing_behind(server):
    for cut in (1, 20, 100, len(post(b"<x/>")) - 1):
        assert server.say_and_leave(post(b"<x/>")[:cut]) == []
    with server.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        sock.sendall(post(b"wait"))
        until(lambda: server.calls)
    server.gate.set()
    until(lambda: not server.server._server.active_channels)
    server.gate.clear()
    assert [each.status for each in server.say_and_leave(post(b"<x/>"))] == [200]


def test_headers_that_fronts_set_have_no_effect_from_others(server):
    forged = ["X-Forwarded-For: 10.9.9.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Real-IP: 10.9.9.9"]
    server.say_and_leave(post(b"<x/>", *forged, "Forwarded: for=10.9.9.9;proto=https;host=evil"))
    assert [(each.address, each.secure) for each in server.calls] == [("127.0.0.1", False)]


def test_many_at_once_each_get_their_own_answer(server):
    results = []

    def one(number):
        with server.connect() as sock:
            sock.sendall(post(b"<x/>", path=PATH if number % 2 else "/x"))
            sock.shutdown(socket.SHUT_WR)
            results.append((number % 2, answers(everything(sock))[0].status))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(40)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == [(0, 404)] * 20 + [(1, 200)] * 20
