"""The person's own login to the website: closed, ended, emptied of what names them, and renamed.

Which fields name a user is the framework's own list (the hook `user_data_fields`), as its Personal Data Deletion Request
uses it; that one itself mails the person and waits for a click, which is no use once the person has asked by letter.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import rename_doc
from frappe.sessions import clear_sessions

from skycrm.services.personal_data import accounts
from skycrm.services.personal_data.erase.rows import remember, request_memory
from skycrm.services.personal_data.subject import Subject

USER = "User"
# A domain that RFC 2606 keeps free of any mailbox
DOMAIN = "erased.invalid"
# Tables of the framework that keep something for a user alone
OF_USER = (
	("Portal User", "user"),
	("User Social Login", "parent"),
	("User Email", "parent"),
	("Has Role", "parent"),
	("User Permission", "user"),
	("DefaultValue", "parent"),
	("Token Cache", "user"),
	("OAuth Bearer Token", "user"),
	("OAuth Authorization Code", "user"),
	("Route History", "user"),
	("Notification Settings", "name"),
)
# What the framework's list leaves out
MORE_FIELDS = (
	"gender",
	"api_key",
	"api_secret",
	"last_ip",
	"last_login",
	"last_active",
	"reset_password_key",
	"username",
)


def close_accounts(subject: Subject, request: Document) -> None:
	"""Each user the administrator has seen in the list; asked once more whether they work here."""
	for user in request_memory(request).get("accounts") or []:
		if not frappe.db.exists(USER, user) or accounts.find([user]).get(user) in (None, accounts.STAFF):
			continue
		_close(user)
		new = f"erased-{frappe.generate_hash(length=10)}@{DOMAIN}"
		remember(request, renamed_users=[*(request_memory(request).get("renamed_users") or []), user, new])
		# Nobody may rename users by hand; who may erase was checked when the request was started.
		rename_doc(
			USER, user, new, force=True, show_alert=False, ignore_permissions=True, rebuild_search=False
		)
		frappe.db.delete("Comment", {"reference_doctype": USER, "reference_name": ("in", (user, new))})
		frappe.db.delete("Version", {"ref_doctype": USER, "docname": ("in", (user, new))})
		frappe.db.delete("Activity Log", {"user": ("in", (user, new))})


def _close(user: str) -> None:
	clear_sessions(user, force=True)
	frappe.db.delete("Sessions", {"user": user})
	frappe.db.delete("__Auth", {"doctype": USER, "name": user})
	frappe.db.delete("__UserSettings", {"user": user})
	for doctype, fieldname in OF_USER:
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {fieldname: user})
	frappe.db.set_value("Contact", {"user": user}, "user", None, update_modified=False)
	columns = set(frappe.db.get_table_columns(USER))
	named = {
		fieldname
		for entry in frappe.get_hooks("user_data_fields")
		if entry.get("doctype") == USER
		for fieldname in entry.get("redact_fields") or ()
	}
	values = dict.fromkeys(((named | set(MORE_FIELDS)) & columns) - {"email"}, None)
	values |= {"enabled": 0, "first_name": _("Erased Person"), "full_name": _("Erased Person")}
	frappe.db.set_value(USER, user, values)
	frappe.clear_document_cache(USER, user)
	frappe.clear_cache(user=user)
