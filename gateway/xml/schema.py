"""Compiling our own XML Schema documents. They refer to one another by file name and to nothing else."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

_ONE_AT_A_TIME: Final = threading.Lock()
"""libxml2 fills its table of built-in types when the first schema is compiled, and not safely for threads."""


class _Bundled(etree.Resolver):
    """Gives out the documents of one bundle; the network and the file system do not exist for it."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # noqa: ARG002 - lxml's own
        """Return the document that is asked for; an unknown one is an empty document, and so fails the compilation."""
        document = self._documents.get((system_url or "").rpartition("/")[2])
        return self.resolve_empty(context) if document is None else self.resolve_string(document, context)


def compile_schema(documents: Mapping[str, bytes], name: str) -> etree.XMLSchema:
    """The compiled schema of `documents[name]` and what it imports; raises `ValueError` when it is none.

    The result belongs to the calling thread: lxml keeps the errors of a validation in the schema object.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    parser.resolvers.add(_Bundled(documents))
    try:
        with _ONE_AT_A_TIME:
            return etree.XMLSchema(etree.fromstring(documents[name], parser))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise ValueError(f"Our own schema {name} does not compile") from error
