"""The served test site over REST, as Administrator: what tests need beforehand, and what became of it afterwards."""

from __future__ import annotations

import json
import secrets
from itertools import count
from typing import Any

import requests

_numbers = count(1)
_run = secrets.token_hex(3)


def unique(label: str) -> str:
	"""Return a text that no other test, of this run or an earlier one, uses."""
	return f"{label} {_run}{next(_numbers)}"


def letters(label: str) -> str:
	"""Return a name of a person that nobody else has: letters only, as names are."""
	number = int(_run, 16) * 100 + next(_numbers)
	tail = ""
	while number:
		number, digit = divmod(number, 20)
		tail = "bcdghklmnpqrstvxaeiou"[digit] + tail
	return f"{label} {tail.capitalize()}"


def phone() -> str:
	"""Return a Vietnamese mobile number that nobody else has, as ten digits."""
	# 090 to 098: of 099 some tenths are no numbers that anybody can have.
	return f"09{(int(_run, 16) * 1009 + next(_numbers)) % 90_000_000:08d}"


class ServedSite:
	"""A session as Administrator that finds the site by its Host header."""

	def __init__(self, port: str, site: str, password: str) -> None:
		self.base = f"http://127.0.0.1:{port}"
		self.http = requests.Session()
		self.http.trust_env = False
		self.http.headers.update({"Host": f"{site}:{port}", "Accept": "application/json"})
		self.ask("POST", "/api/method/login", json={"usr": "Administrator", "pwd": password})

	def ask(self, verb: str, path: str, **more: Any) -> Any:
		"""Send a request that must succeed; returns its `message` or `data`."""
		more.setdefault("timeout", 120)
		answer = self.http.request(verb, self.base + path, **more)
		assert answer.ok, f"{verb} {path}: {answer.status_code} {answer.text[:1500]}"
		body = answer.json()
		return body.get("message", body.get("data"))

	def call(self, method: str, **arguments: Any) -> Any:
		"""Call a method of the server; `skycrm.api.v1.` may be left out."""
		path = f"skycrm.api.v1.{method}" if method.count(".") == 1 else method
		return self.ask("POST", f"/api/method/{path}", json=arguments)

	def insert(self, doctype: str, **values: Any) -> dict[str, Any]:
		"""Make a record and return it."""
		return self.ask("POST", f"/api/resource/{doctype}", json=values)

	def update(self, doctype: str, name: str, **values: Any) -> dict[str, Any]:
		"""Change a record and return it."""
		return self.ask("PUT", f"/api/resource/{doctype}/{name}", json=values)

	def get_doc(self, doctype: str, name: str) -> dict[str, Any]:
		"""Return a record as stored."""
		return self.ask("GET", f"/api/resource/{doctype}/{name}")

	def find(self, doctype: str, filters: Any, *fields: str) -> list[dict[str, Any]]:
		"""Return the records that match, with these fields."""
		return self.ask(
			"GET",
			f"/api/resource/{doctype}",
			params={
				"filters": json.dumps(filters),
				"fields": json.dumps(["name", *fields]),
				"limit_page_length": 0,
			},
		)

	def ensure(self, doctype: str, filters: dict[str, Any], **values: Any) -> str:
		"""Return the name of the record with these values, made if there is none."""
		found = self.find(doctype, filters)
		return found[0]["name"] if found else self.insert(doctype, **filters, **values)["name"]
