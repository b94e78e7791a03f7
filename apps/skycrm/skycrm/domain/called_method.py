"""Which method a request runs, whatever its path looks like. Plain values, no database.

Source: frappe 15.101, app.py (`cmd` goes before every path, pages and REST included), handler.py and api/v1.py (only what
stands before the next slash counts), api/v2.py (a document type may stand before the method).
"""

from collections.abc import Mapping
from typing import Any

_PREFIXES = (["api", "method"], ["api", "v1", "method"], ["api", "v2", "method"])


def called_method(path: str, arguments: Mapping[str, Any]) -> str:
	"""The method that a request runs.

	Args:
		path: of the request.
		arguments: as sent, from address and body.

	Returns:
		the dotted path, or the framework's short word for one of its own ("run_doc_method"); `<DocType>/<method>` for a
		method that is named by the DocType whose module it stands in; "" when no method is called.
	"""
	if command := arguments.get("cmd"):
		return str(command)
	parts = [part for part in path.split("/") if part]
	for prefix in _PREFIXES:
		rest = parts[len(prefix) :]
		if parts[: len(prefix)] != prefix or not rest:
			continue
		return "/".join(rest[:2]) if "v2" in prefix else rest[0]
	return ""
