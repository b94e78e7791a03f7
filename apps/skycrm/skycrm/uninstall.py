"""What `uninstall-app` must take away beyond the records that the framework finds by module."""

import frappe

from skycrm.permissions import stamp
from skycrm.setup import custom_fields, indexes, link_rights, module_profiles, removal, roles, workflows


def before_uninstall() -> None:
	"""Called before the framework deletes the app's own records. The order matters: what names a thing goes first."""
	frappe.flags.skycrm_uninstall_began = frappe.utils.now()
	workflows.remove()
	removal.remove_traces()
	custom_fields.remove()
	indexes.remove()
	stamp.remove()
	link_rights.remove()
	module_profiles.remove()
	roles.remove()
	removal.remove_shipped()


def after_uninstall() -> None:
	"""Called when everything else is gone."""
	removal.forget_deletions(since=frappe.flags.skycrm_uninstall_began)
	# The framework's own commit is before this hook, and `bench uninstall-app` ends right after it.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
