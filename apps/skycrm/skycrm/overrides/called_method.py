"""A method that this app guards is run under its own name only.

A function that another module imports is whitelisted under that module's name too: on Frappe 15.101 and ERPNext 15.99 text
messages went out as `frappe.email.doctype.notification.notification.send_sms` without a look at refusals, and records were
assigned as `erpnext.crm.doctype.appointment.appointment.add_assignment`, past override_whitelisted_methods.
"""

from functools import cache

import frappe
from frappe import _
from frappe.modules.utils import load_doctype_module
from frappe.utils import escape_html

from skycrm.domain.called_method import called_method


def of_request() -> str:
	"""The method that the request of this thread runs; see domain/called_method.py.

	One that is named by a DocType by its dotted path, as the framework makes it (api/v2.py, handle_rpc_call).
	"""
	called = called_method(frappe.local.request.path, frappe.local.form_dict)
	doctype, slash, name = called.partition("/")
	if not slash:
		return called
	try:
		return f"{load_doctype_module(doctype).__name__}.{name}"
	# No such DocType, or a module of it that cannot be imported: the framework, which loads it next, answers with the error.
	except Exception:
		return called


def refuse_other_names() -> None:
	"""Hook auth_hooks: a function that this app overrides is not called by the name under which another module has it.

	Raises:
		frappe.PermissionError: says under which name to call it.
	"""
	called = of_request()
	if "." not in called or called in overridden():
		return
	try:
		function = frappe.get_attr(called)
	# Whatever a module does when it is imported by a name that somebody has sent: the framework, which imports it next,
	# answers with the error.
	except Exception:
		return
	name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
	if name in overridden():
		frappe.throw(
			_("Method {0} is another name of {1}. Call it by that one.").format(
				escape_html(called), escape_html(name)
			),
			frappe.PermissionError,
		)


@cache
def overridden() -> frozenset[str]:
	"""The methods of others that this app overrides. The same in every process and for every site: from hooks.py."""
	from skycrm import hooks

	return frozenset(hooks.override_whitelisted_methods)
