"""What a PDF would do when it is opened, and what was fetched while it was made."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Parts of a PDF that act by themselves or carry something that does
ACTS = {
	"/JavaScript",
	"/JS",
	"/OpenAction",
	"/AA",
	"/Launch",
	"/EmbeddedFile",
	"/EmbeddedFiles",
	"/SubmitForm",
	"/ImportData",
	"/RichMedia",
	"/XFA",
}
MAY_LEAD_TO = ("http:", "https:", "mailto:", "tel:")


def acts(content: bytes) -> set[str]:
	"""Return what in a PDF would act: names of its parts, and addresses of links that are more than a web page."""
	from pypdf import PdfReader

	assert content.startswith(b"%PDF-"), content[:200]
	found: set[str] = set()
	seen: set[Any] = set()

	def look(part: Any) -> None:
		if hasattr(part, "idnum"):
			if (part.idnum, part.generation) in seen:
				return
			seen.add((part.idnum, part.generation))
			part = part.get_object()
		if isinstance(part, dict):
			for key, value in part.items():
				if key in ACTS:
					found.add(str(key))
				if key == "/S" and str(value) in ACTS:
					found.add(str(value))
				if key == "/URI" and not str(value).lower().startswith(MAY_LEAD_TO):
					found.add(str(value))
				look(value)
		elif isinstance(part, list):
			for value in part:
				look(value)

	reader = PdfReader(io.BytesIO(content))
	look(reader.trailer)
	return found


def text_of(content: bytes) -> str:
	from pypdf import PdfReader

	return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
	"""Give a port of this machine and the list of what is asked there."""
	asked: list[str] = []

	class Answer(BaseHTTPRequestHandler):
		def do_GET(self) -> None:
			asked.append(self.path)
			self.send_response(200)
			self.send_header("Content-Type", "text/html")
			self.end_headers()

		def log_message(self, *_more: Any) -> None:
			pass

	server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	try:
		yield server.server_address[1], asked
	finally:
		server.shutdown()
		server.server_close()
