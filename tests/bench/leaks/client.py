"""Requests to the whole application of the framework, in a thread of their own.

The same code that a web server runs, from sign-in to the hooks after the answer, each request with a connection of its
own. In this process, so that a guard can be taken away for a moment (test_leaks_guards.py).
"""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from werkzeug.test import Client, EnvironBuilder

import frappe.app


@dataclass(frozen=True)
class Answer:
	"""What came back.

	Attributes:
	        status: of HTTP.
	        text: the body as somebody would read it: a workbook and a PDF as the texts in them.
	"""

	status: int
	text: str


class Asker:
	"""Asks as different users, one request after the other."""

	def __init__(self, site: str) -> None:
		self.site = site
		# Requests set and destroy `frappe.local`: the connection of the tests lives in another thread.
		self._thread = ThreadPoolExecutor(max_workers=1)

	def ask(
		self, token: str | None, verb: str, path: str, arguments: dict[str, Any], as_form: bool = False
	) -> Answer:
		"""Send a request and wait for its answer.

		Args:
		        token: `key:secret` of a user, None for a guest.
		        verb: of HTTP.
		        path: with a leading slash.
		        arguments: in the address for GET, as JSON otherwise.
		        as_form: as a form, or its only argument `raw` as a plain text.
		"""
		try:
			return self._thread.submit(self._ask, token, verb, path, arguments, as_form).result(timeout=30)
		except Exception as error:
			# What the application could not answer; the web server would close the connection.
			return Answer(0, f"{type(error).__name__}: {error}")

	def _ask(
		self, token: str | None, verb: str, path: str, arguments: dict[str, Any], as_form: bool
	) -> Answer:
		headers = {"Host": self.site, "Accept": "application/json", "Accept-Language": "en"}
		if token:
			headers["Authorization"] = f"token {token}"
		if not path.startswith("/api"):
			headers["Accept"] = "text/html"
		if verb == "GET":
			plain = {
				key: value if isinstance(value, str) else json.dumps(value)
				for key, value in arguments.items()
			}
			builder = EnvironBuilder(path=path, method=verb, headers=headers, query_string=plain)
		elif as_form:
			body = arguments.get("raw", arguments)
			kind = "text/plain" if "raw" in arguments else None
			builder = EnvironBuilder(path=path, method=verb, headers=headers, data=body, content_type=kind)
		else:
			builder = EnvironBuilder(path=path, method=verb, headers=headers, json=arguments)
		response = Client(frappe.app.application).open(builder, buffered=True)
		try:
			return Answer(response.status_code, readable(response.get_data()))
		finally:
			response.close()

	def close(self) -> None:
		self._thread.shutdown()


def readable(body: bytes) -> str:
	"""The texts in a body, whatever kind of file it is. JSON with \\u escapes undone, so that one way to write a sign is left."""
	if body[:4] == b"PK\x03\x04":
		with zipfile.ZipFile(io.BytesIO(body)) as archive:
			return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
	if body[:5] == b"%PDF-":
		return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
	return body.decode("utf-8", "replace")
