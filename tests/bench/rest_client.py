"""The served test site over HTTP, as a program of somebody else would use it."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

import requests

import frappe

Response = requests.Response


class RestClient(requests.Session):
	"""A session that finds the site by its Host header and signs in with an API key.

	:param token: `key:secret`, or None for a guest.
	"""

	def __init__(self, port: int, site: str, token: str | None = None, timeout: float = 60.0) -> None:
		super().__init__()
		_clients.add(self)
		self.base = f"http://127.0.0.1:{port}"
		self.timeout = timeout
		self.trust_env = False
		self.headers.update({"Host": f"{site}:{port}", "Accept": "application/json"})
		if token:
			self.headers["Authorization"] = f"token {token}"

	def request(self, method: str, url: str, **more: Any) -> Response:
		"""Send a request; a path is completed with the site's address."""
		more.setdefault("timeout", self.timeout)
		return super().request(method, self.base + url if url.startswith("/") else url, **more)

	def call(self, method: str, **arguments: Any) -> Response:
		"""POST to /api/method/<method>; `skycrm.api.v1.` may be left out for the app's own methods."""
		if method.count(".") == 1:
			method = f"skycrm.api.v1.{method}"
		return self.post(f"/api/method/{method}", json=arguments)

	def message(self, method: str, **arguments: Any) -> Any:
		"""Call a method that must succeed; returns its `message`."""
		response = self.call(method, **arguments)
		assert response.status_code == 200, f"{response.status_code}: {response.text[:2000]}"
		return response.json().get("message")

	def resource(self, doctype: str, name: str = "") -> str:
		"""Return the path of a DocType or one of its records."""
		return f"/api/resource/{doctype}" + (f"/{name}" if name else "")

	def sign_in(self, user: str, password: str) -> Response:
		"""Sign in with a password, as the login page does."""
		self.headers.pop("Authorization", None)
		return self.post("/api/method/login", json={"usr": user, "pwd": password})


def api_token(user: str) -> str:
	"""Return `key:secret` of a user, made and committed at the first call of a run."""
	if user not in _tokens:
		doc = frappe.get_doc("User", user)
		secret = frappe.generate_hash(length=15)
		doc.api_key = doc.api_key or frappe.generate_hash(length=15)
		doc.api_secret = secret
		doc.flags.ignore_permissions = True
		doc.save()
		type(frappe.local.db).commit(frappe.local.db)
		_tokens[user] = f"{doc.api_key}:{secret}"
	return _tokens[user]


def close_connections() -> None:
	"""Close what clients have left open; each opens a new connection when it asks again."""
	for client in tuple(_clients):
		client.close()


_tokens: dict[str, str] = {}
_clients: WeakSet[RestClient] = WeakSet()
