"""The HTTP face lets a call through only as the published media types, by POST, within its size."""

import io
import json
from ipaddress import ip_network

import pytest

from gateway.faults import RefusalError
from gateway.soap.http import HttpFront, Reply
from gateway.soap.peer import Fronts


class ContractsDouble:
    def services(self):
        return ["documents"]

    def largest(self, service):
        return {"documents": 100}[service]

    def document(self, service, xsd, base_url):
        if xsd not in (None, "types"):
            return None
        return f"<{service} xsd='{xsd}' at='{base_url}'/>".encode()


class Front:
    """A front whose endpoint remembers what it was called with."""

    def __init__(self, health="ok"):
        self.calls = []
        self.front = HttpFront(
            endpoint=self._endpoint,
            contracts=ContractsDouble(),
            health=lambda: {"status": health},
            figures=lambda: b"figures 1\n",
            fronts=Fronts([ip_network("10.0.0.0/28")]),
        )

    def _endpoint(self, call):
        self.calls.append(call)
        return Reply(200, "text/xml", b"<answer/>")

    def __call__(self, method="POST", path="/soap/documents/v1", body=None, query="", **headers):
        body = (b"" if method == "GET" else b"<x/>") if body is None else body
        environ = {
            "REMOTE_ADDR": "192.0.2.9",
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "HTTP_HOST": "gateway.example",
            "CONTENT_TYPE": "text/xml",
            "CONTENT_LENGTH": str(len(body)),
            **headers,
        }
        seen = {}
        chunks = self.front(environ, lambda status, headers: seen.update(status=int(status[:3]), headers=dict(headers)))
        return seen["status"], seen["headers"], b"".join(chunks)


def test_a_post_of_either_soap_version_reaches_the_endpoint_with_its_action():
    front = Front()
    front(HTTP_SOAPACTION='"urn:do"')
    front(CONTENT_TYPE='application/soap+xml; charset=UTF-8; action="urn:do"')
    assert [(each.soap_version, each.action, each.charset) for each in front.calls] == [
        ("1.1", "urn:do", ""),
        ("1.2", "urn:do", "utf-8"),
    ]
    assert front.calls[0].body == b"<x/>"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "post"])
def test_no_other_method_reaches_an_operation(method):
    front = Front()
    status, headers, _ = front(method)
    assert status == 405
    assert headers["Allow"] == "POST, GET"
    assert not front.calls


@pytest.mark.parametrize(
    "headers",
    [
        {"CONTENT_TYPE": ""},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": "multipart/related; type=text/xml"},
        {"CONTENT_TYPE": "application/xop+xml"},
        {"CONTENT_TYPE": "text/xml; charset=iso-8859-1"},
        {"CONTENT_TYPE": "text/xml; charset=utf-7"},
        {"CONTENT_TYPE": "text/xml; charset=utf-8; charset=utf-8"},
        {"CONTENT_TYPE": "text/xml; charset=utf-8; CharSet=iso-8859-1"},
        {"CONTENT_TYPE": 'text/xml; charset="iso-8859-1"'},
        {"CONTENT_TYPE": 'text/xml; charset="utf-8'},
        {"CONTENT_TYPE": "text/xml; charset='utf-8'"},
        {"CONTENT_TYPE": "text/xml; charset = utf-8"},
        {"CONTENT_TYPE": "text/xml charset=utf-8"},
        {"CONTENT_TYPE": "text/xml, text/xml"},
        {"CONTENT_TYPE": "text/xml; a=1, application/json"},
        {"CONTENT_TYPE": "text / xml"},
        {"CONTENT_TYPE": "text/xml\x00"},
        {"CONTENT_TYPE": "text/xml; charset=utf-16le"},
        {"CONTENT_TYPE": "text/xml; charset=utf-16"},
        {"CONTENT_TYPE": 'multipart/related; type="application/xop+xml"; start-info="text/xml"; boundary=b'},
        {"CONTENT_TYPE": 'application/xop+xml; type="text/xml"'},
        {"CONTENT_TYPE": "application/xml"},
        {"CONTENT_TYPE": "text/xml+soap"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_CONTENT_ENCODING": "br"},
        {"HTTP_CONTENT_ENCODING": "deflate"},
        {"HTTP_CONTENT_ENCODING": "identity, identity"},
        {"HTTP_CONTENT_ENCODING": "identity, gzip"},
        {"HTTP_CONTENT_ENCODING": ""},
    ],
    ids=str,
)
def test_another_media_type_charset_or_encoding_is_refused_unread(headers):
    front = Front()
    status, _, body = front(**headers)
    assert status == 415
    assert body.startswith(b"client.http.media-type (")
    assert not front.calls


def test_a_refusal_before_soap_is_told_in_both_languages():
    kind = RefusalError("client.http.media-type", reason="HTTP.MEDIA_TYPE").kind
    lines = Front()(CONTENT_TYPE="application/json")[2].decode().splitlines()
    assert lines[0].startswith("client.http.media-type (")
    assert lines[1:] == [f"az: {kind.text_az}", f"en: {kind.text_en}"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("TEXT/XML;CHARSET=UTF-8", b"<x/>"),
        ('text/xml; charset="utf-8"', b"<x/>"),
        ('text/xml ; charset="ut\\f-8" ', b"\xef\xbb\xbf<x/>"),
        ("text/xml;;charset=utf8;", b"<x/>"),
        ("text/xml; x=y; charset=utf-16", "<x/>".encode("utf-16")),
        ("text/xml", "<x/>".encode("utf-16")),
    ],
)
def test_a_media_type_may_be_written_in_every_lawful_way(content_type, body):
    front = Front()
    assert front(CONTENT_TYPE=content_type, body=body)[0] == 200
    assert front.calls[0].body == body


def test_bytes_of_another_encoding_than_announced_are_refused():
    for content_type, body in (
        ("text/xml; charset=utf-8", "<x/>".encode("utf-16")),
        ("text/xml; charset=utf-16", b"<"),
    ):
        front = Front()
        assert front(CONTENT_TYPE=content_type, body=body)[0] == 415
        assert not front.calls


@pytest.mark.parametrize(("length", "status"), [("101", 413), ("9" * 30, 413), ("x", 400), ("50", 400)])
def test_a_body_that_is_too_large_or_not_as_long_as_announced_is_refused(length, status):
    front = Front()
    assert front(CONTENT_LENGTH=length)[0] == status
    assert not front.calls


@pytest.mark.parametrize(
    "path", ["/", "/soap", "/soap/documents", "/soap/documents/v2", "/soap/x/v1", "/SOAP/documents/v1"]
)
def test_an_unknown_path_is_not_found(path):
    assert Front()(path=path)[0] == 404


def test_get_serves_the_contract_and_nothing_else():
    front = Front()
    assert front("GET", query="wsdl")[2] == b"<documents xsd='None' at='http://gateway.example'/>"
    assert front("GET", query="WSDL")[0] == 200
    assert front("GET", query="xsd=types")[2] == b"<documents xsd='types' at='http://gateway.example'/>"
    assert front("GET", query="xsd=../../etc/passwd")[0] == 404


@pytest.mark.parametrize("host", ["a b", "x/y", "a\x00b", "ə.example", "a" * 300, "<a>"])
def test_a_host_header_that_is_no_host_never_reaches_the_contract(host):
    assert Front()("GET", query="wsdl", HTTP_HOST=host)[0] == 400


def test_a_call_tells_the_address_and_tls_that_a_believed_front_vouches_for():
    front = Front()
    forwarded = {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "https"}
    front(**forwarded)
    front(REMOTE_ADDR="10.0.0.2", **forwarded)
    assert [(each.address, each.secure) for each in front.calls] == [("192.0.2.9", False), ("198.51.100.7", True)]
    assert b"at='https://gateway.example'" in front("GET", query="wsdl", REMOTE_ADDR="10.0.0.2", **forwarded)[2]
    assert b"at='http://gateway.example'" in front("GET", query="wsdl", **forwarded)[2]


def test_whatever_goes_wrong_before_the_endpoint_is_answered_in_our_words():
    front = Front()
    front.front._health = lambda: {}["missing"]
    status, _, body = front("GET", "/health")
    assert status == 500
    assert body.startswith(b"server.internal (")


def test_health_is_red_when_a_part_is_in_doubt():
    assert Front()("GET", "/health")[0] == 200
    status, _, body = Front(health="degraded")("GET", "/health")
    assert status == 503
    assert json.loads(body) == {"status": "degraded"}
    assert Front()("POST", "/health")[0] == 405


def test_figures_are_served_as_prometheus_text():
    status, headers, body = Front()("GET", "/metrics")
    assert (status, body) == (200, b"figures 1\n")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_every_reply_forbids_storing_and_sniffing():
    for reply in (Front()(), Front()("GET"), Front()("GET", "/health"), Front()(path="/x")):
        assert reply[1]["Cache-Control"] == "no-store"
        assert reply[1]["X-Content-Type-Options"] == "nosniff"
