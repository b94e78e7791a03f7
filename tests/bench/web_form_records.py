"""Web forms for tests, and a visitor who fills them in over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from factories import unique
from rest_client import Response, RestClient

import frappe

from skycrm.domain import form_token
from skycrm.domain.web_form import slug_of
from skycrm.services import form_definition

CONSENT = {
	"channel": "Email",
	"wording_vi": "Tôi đồng ý nhận tin qua email.",
	"wording_en": "I agree to receive news by email.",
}


def make_form(**values: Any) -> Any:
	"""Return a published form that takes answers at once and many of them, unless told otherwise."""
	title = unique("Biểu mẫu")
	doc = frappe.new_doc("Sky Web Form")
	doc.update(
		{
			"title": title,
			"slug": slug_of(title),
			"published": 1,
			"min_seconds": 0,
			"address_calls_per_minute": 1000,
			"address_calls_per_hour": 10_000,
			"form_calls_per_minute": 1000,
			"form_calls_per_hour": 10_000,
			"source": frappe.get_all("Sky Lead Source", {"enabled": 1}, pluck="name", limit=1)[0],
			"form_fields": [
				{"field": "Full Name", "required": 1},
				{"field": "Mobile No", "required": 1},
				{"field": "Email"},
				{"field": "Organization"},
				{"field": "Message"},
			],
			"consents": [CONSENT],
			**values,
		}
	)
	return doc.insert()


def person(**values: Any) -> dict[str, Any]:
	"""Return somebody whom nobody knows yet."""
	number = int(frappe.generate_hash(length=12), 16)
	return {
		"lead_name": f"Nguyễn Thị {''.join(chr(97 + int(d)) for d in str(number)[:8]).capitalize()}",
		"mobile_no": f"091{number % 10_000_000:07d}",
		"email_id": f"visitor{number % 10**12}@example.com",
		**values,
	}


class Visitor(RestClient):
	"""A guest at the served site."""

	def submit(self, form: str, fields: Any = None, **more: Any) -> Response:
		"""Send a form by the contract's method."""
		return self.call(
			"leads.capture", form=form, fields=fields if fields is not None else person(), **more
		)


def token_of(form: str, age: float = 10) -> str:
	"""Return a token that was given so many seconds ago."""
	return form_token.stamp(form_definition.secret(), form, time.time() - age, "test")


@contextmanager
def committed(doctypes: tuple[str, ...]) -> Iterator[None]:
	"""Take away afterwards what a test and the served site have made of these DocTypes since."""
	frappe.db.commit()
	before = {doctype: set(frappe.get_all(doctype, pluck="name", limit=0)) for doctype in doctypes}
	try:
		yield
	finally:
		frappe.db.rollback()
		for doctype in doctypes:
			made = set(frappe.get_all(doctype, pluck="name", limit=0)) - before[doctype]
			if doctype in LEDGERS and made:
				frappe.db.delete(doctype, {"name": ("in", list(made))})
				continue
			for name in made:
				frappe.delete_doc(
					doctype,
					name,
					force=True,
					ignore_permissions=True,
					delete_permanently=True,
					ignore_missing=True,
				)
		frappe.db.commit()


MADE = (
	"Sky Form Submission",
	"Sky Lead Touch",
	"Sky Consent Record",
	"Sky Lead",
	"Sky Web Form",
	"Sky Campaign",
)


# Rows that nobody may delete by the desk
LEDGERS = ("Sky Consent Record", "Sky Lead Touch")


def forget_counts() -> None:
	"""Give every visitor and form a new allowance."""
	for key in frappe.cache.keys("*skycrm_calls:*"):
		frappe.cache.delete(key)


def submissions(form: str) -> list[Any]:
	"""Return what a form has kept, oldest first."""
	frappe.db.rollback()
	return [
		frappe._dict(row, content=json.loads(row.content or "{}"))
		for row in frappe.get_all(
			"Sky Form Submission", {"form": form}, ["*"], order_by="creation asc, name asc", limit=0
		)
	]
