"""WSDL 1.1 documents, one per service: document/literal wrapped, SOAP 1.1 and SOAP 1.2 (WS-I Basic Profile 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from gateway.contract import policy
from gateway.contract.model import TYPES_NAMESPACE, XSD_NAMESPACE, OperationDeclaration, ServiceDeclaration
from gateway.contract.schema import schema_name
from gateway.contract.services import RELEASE, endpoint_path, soap_action

_WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
_SOAP: Final = {"11": f"{_WSDL}soap/", "12": f"{_WSDL}soap12/"}
_HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
_SECURITY_DOC: Final = (
    "Every message is signed by the calling system with its enrolled certificate (WS-Security, X.509 v3 as "
    "BinarySecurityToken; RSA of 2048 bits or more or ECDSA P-256/P-384, SHA-256 or stronger, exclusive "
    "canonicalisation). Body and Timestamp must be covered, and UsernameToken and WS-Addressing headers when they are "
    "there. Every answer is signed in the same way by the gateway, faults too. Only a system that the operator "
    "enrolled with a password in place of a certificate sends no signature: its Security header holds a Timestamp and "
    "a UsernameToken (PasswordText), TLS is mandatory, and it may ask, but change no register."
)

_EVOLUTION_DOC: Final = (
    "Within this version of the namespace requests that are valid stay valid, and answers keep their elements. Answers "
    "may gain elements and enumerated values: a client passes over what it does not know."
)


def wsdl_document(service: ServiceDeclaration, base_url: str, schema_location: Callable[[str], str]) -> etree._Element:
    """Return the `wsdl:definitions` of `service`.

    The endpoint is at `base_url` and the path of the service; `schema_location` says where the schema document of a
    given name is.
    """
    prefixes = {"wsdl": _WSDL, "soap": _SOAP["11"], "soap12": _SOAP["12"], "xs": XSD_NAMESPACE, **policy.PREFIXES}
    definitions = etree.Element(
        _wsdl("definitions"),
        {"name": _title(service), "targetNamespace": service.namespace},
        nsmap={**prefixes, "t": TYPES_NAMESPACE, "tns": service.namespace},
    )
    _document(
        definitions, "\n\n".join((service.doc, service.doc_az, _SECURITY_DOC, _EVOLUTION_DOC, f"Release {RELEASE}."))
    )
    definitions.append(policy.signed_messages())
    definitions.append(_types(service, schema_location))
    definitions.extend(_messages(service))
    definitions.append(_port_type(service))
    definitions.extend(_binding(service, version) for version in _SOAP)
    definitions.append(_service(service, base_url))
    return definitions


def _wsdl(name: str) -> str:
    return f"{{{_WSDL}}}{name}"


def _title(service: ServiceDeclaration) -> str:
    return service.name.capitalize()


def _document(element: etree._Element, text: str) -> None:
    etree.SubElement(element, _wsdl("documentation")).text = text


def _types(service: ServiceDeclaration, schema_location: Callable[[str], str]) -> etree._Element:
    """Imports only, so that the schema needs no target namespace (Basic Profile R2105)."""
    types = etree.Element(_wsdl("types"))
    schema = etree.SubElement(types, f"{{{XSD_NAMESPACE}}}schema")
    for namespace in (service.namespace, TYPES_NAMESPACE):
        location = schema_location(schema_name(namespace))
        etree.SubElement(schema, f"{{{XSD_NAMESPACE}}}import", {"namespace": namespace, "schemaLocation": location})
    return types


def _messages(service: ServiceDeclaration) -> list[etree._Element]:
    messages = []
    for operation in service.operations:
        for wrapper, kind in ((operation.request, "Request"), (operation.response, "Response")):
            messages.append(_message(f"{operation.name}{kind}", "parameters", f"tns:{wrapper.name}"))
    return [*messages, _message("Fault", "fault", "t:fault")]


def _message(name: str, part: str, element: str) -> etree._Element:
    message = etree.Element(_wsdl("message"), {"name": name})
    etree.SubElement(message, _wsdl("part"), {"name": part, "element": element})
    return message


def _port_type(service: ServiceDeclaration) -> etree._Element:
    port_type = etree.Element(_wsdl("portType"), {"name": f"{_title(service)}PortType"})
    _document(port_type, service.doc)
    for declared in service.operations:
        operation = etree.SubElement(port_type, _wsdl("operation"), {"name": declared.name})
        _document(operation, declared.doc)
        etree.SubElement(operation, _wsdl("input"), {"message": f"tns:{declared.name}Request"})
        etree.SubElement(operation, _wsdl("output"), {"message": f"tns:{declared.name}Response"})
        fault = etree.SubElement(operation, _wsdl("fault"), {"name": "Fault", "message": "tns:Fault"})
        _document(fault, "Whatever went wrong: the code of the detail says what, and whether to try again.")
    return port_type


def _binding(service: ServiceDeclaration, version: str) -> etree._Element:
    name = f"{_title(service)}Soap{version}"
    binding = etree.Element(_wsdl("binding"), {"name": name, "type": f"tns:{_title(service)}PortType"})
    etree.SubElement(binding, f"{{{policy.WSP}}}PolicyReference", {"URI": f"#{policy.POLICY_ID}"})
    etree.SubElement(binding, _soap(version, "binding"), {"style": "document", "transport": _HTTP})
    binding.extend(_bound_operation(service, operation, version) for operation in service.operations)
    return binding


def _soap(version: str, name: str) -> str:
    return f"{{{_SOAP[version]}}}{name}"


def _bound_operation(service: ServiceDeclaration, declared: OperationDeclaration, version: str) -> etree._Element:
    operation = etree.Element(_wsdl("operation"), {"name": declared.name})
    action = soap_action(service.namespace, declared.name)
    etree.SubElement(operation, _soap(version, "operation"), {"soapAction": action, "style": "document"})
    for direction in ("input", "output"):
        etree.SubElement(etree.SubElement(operation, _wsdl(direction)), _soap(version, "body"), {"use": "literal"})
    fault = etree.SubElement(operation, _wsdl("fault"), {"name": "Fault"})
    etree.SubElement(fault, _soap(version, "fault"), {"name": "Fault", "use": "literal"})
    return operation


def _service(service: ServiceDeclaration, base_url: str) -> etree._Element:
    element = etree.Element(_wsdl("service"), {"name": f"{_title(service)}Service"})
    _document(element, service.doc)
    for version in _SOAP:
        name = f"{_title(service)}Soap{version}"
        port = etree.SubElement(element, _wsdl("port"), {"name": name, "binding": f"tns:{name}"})
        etree.SubElement(port, _soap(version, "address"), {"location": base_url + endpoint_path(service.name)})
    return element
