"""The address of whoever sends the present request; the rule is domain/client_address.py."""

import frappe
from frappe.utils import cint

from skycrm.domain.client_address import UNKNOWN, client_address, counting_key

# A site behind one web server, as every bench is.
DEFAULT_HOPS = 1


def current() -> str:
	"""The address of the caller, "unknown" outside a request.

	`frappe.local.request_ip` is the first entry of X-Forwarded-For: whatever the caller wrote there.
	"""
	request = getattr(frappe.local, "request", None)
	if not request:
		return UNKNOWN
	forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
	return client_address(request.remote_addr or "", forwarded, trusted_hops())


def current_key() -> str:
	"""What the calls of the caller are counted by."""
	return counting_key(current())


def trusted_hops() -> int:
	"""How many proxies of the firm a request passes, from Sky CRM Settings."""
	hops = frappe.get_cached_doc("Sky CRM Settings").get("trusted_proxy_hops")
	return DEFAULT_HOPS if hops is None else cint(hops)
