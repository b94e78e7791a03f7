"""Users of tests that ask what one role alone may see and do."""

import frappe


def only(email: str, *roles: str) -> str:
	"""A desk user with exactly these roles, made once per site; may be asked for while anybody is signed in."""
	signed_in = frappe.session.user
	frappe.set_user("Administrator")
	try:
		if not frappe.db.exists("User", email):
			frappe.get_doc(
				{
					"doctype": "User",
					"email": email,
					"first_name": email.split("@")[0],
					"send_welcome_email": 0,
					"user_type": "System User",
				}
			).insert(ignore_permissions=True)
		document = frappe.get_doc("User", email)
		# Each save has a worker bring the user's Contact up to date, which the next save may come upon.
		if {row.role for row in document.roles} != set(roles):
			document.set("roles", [{"role": role} for role in roles])
			document.save(ignore_permissions=True)
	finally:
		frappe.set_user(signed_in)
	return email
