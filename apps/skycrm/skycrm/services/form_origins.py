"""Which web sites may show a form and send its answers."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.web_origin import is_same_site

CACHE_KEY = "skycrm_form_origins"


def sent_origin() -> str:
	"""The Origin header of the request, "" without one: browsers always send it with a POST, programs need not."""
	request = getattr(frappe.local, "request", None)
	return (request.headers.get("Origin") or "").strip() if request else ""


def own_host() -> str:
	"""The host that the request was sent to."""
	request = getattr(frappe.local, "request", None)
	return request.host if request else ""


def is_allowed(form: Document, origin: str) -> bool:
	"""Whether a site may use the form: one of its rows, or this site itself."""
	return is_same_site(origin, own_host()) or origin.lower() in {row.origin for row in form.allowed_origins}


def check_origin(form: Document) -> None:
	"""Refuse answers that a browser sends from another site.

	Raises:
		frappe.PermissionError (403): names the site.
	"""
	origin = sent_origin()
	if origin and not is_allowed(form, origin):
		frappe.throw(
			_("This form may not be used on {0}. Add the web site to the form's list first.").format(
				frappe.utils.escape_html(origin[:140])
			),
			frappe.PermissionError,
		)


def is_known(origin: str) -> bool:
	"""Whether any published form names this site: what a browser asks before it sends a form to us (cached)."""

	def collect() -> list[str]:
		row, form = frappe.qb.DocType("Sky Web Form Origin"), frappe.qb.DocType("Sky Web Form")
		return (
			frappe.qb.from_(row)
			.join(form)
			.on(form.name == row.parent)
			.select(row.origin)
			.distinct()
			.where(form.published == 1)
			.run(pluck=True)
		)

	return origin.lower() in (frappe.cache.get_value(CACHE_KEY, collect) or [])


def forget() -> None:
	"""A form was changed: read the list anew."""
	frappe.cache.delete_value(CACHE_KEY)
