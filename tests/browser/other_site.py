"""A web site of somebody else: a few pages, served from another host and port than the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class OtherSite:
	"""Pages by path, and the origin that browsers give them."""

	def __init__(self, host: str, port: int) -> None:
		self.origin = f"http://{host}:{port}"
		self.pages: dict[str, str] = {}
		self.headers: dict[str, str] = {}

	def put(self, path: str, body: str, lang: str = "vi") -> str:
		"""Add a page; returns its address."""
		self.pages[path] = (
			f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Cửa hàng</title>'
			'<meta name="viewport" content="width=device-width, initial-scale=1">'
			"<style>input { border: 9px dashed lime !important; } label { display: none; }</style></head>"
			f"<body><h1>Cửa hàng mẫu</h1>{body}<p id='after'>Chân trang</p></body></html>"
		)
		return self.origin + path


@contextmanager
def other_site(host: str = "shop.localhost") -> Iterator[OtherSite]:
	"""Serve such a site while the block runs."""
	found: list[OtherSite] = []

	class Handler(BaseHTTPRequestHandler):
		def do_GET(self) -> None:
			page = found[0].pages.get(self.path.partition("?")[0])
			# No icon, and no complaint of the browser about that
			self.send_response(200 if page else 204)
			self.send_header("Content-Type", "text/html; charset=utf-8")
			for name, value in found[0].headers.items():
				self.send_header(name, value)
			self.end_headers()
			self.wfile.write((page or "").encode())

		def log_message(self, *_args: object) -> None:
			"""Say nothing: the test's own output is enough."""

	server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	found.append(OtherSite(host, server.server_address[1]))
	Thread(target=server.serve_forever, daemon=True).start()
	try:
		yield found[0]
	finally:
		server.shutdown()
		server.server_close()
