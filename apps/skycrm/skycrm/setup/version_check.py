"""Refuses a framework or an ERPNext that the app cannot work with, before anything is changed on the site."""

import frappe
from frappe import _

from skycrm.domain.versions import Version, dotted, parsed

# App -> (first version that works, first that does not). The same limits stand in pyproject.toml for the bench; a test
# compares the two. The bench checks them on `get-app` only, not on `install-app` and `migrate`.
SUPPORTED: dict[str, tuple[Version, Version]] = {
	"frappe": ((15, 40, 0), (16, 0, 0)),
	"erpnext": ((15, 40, 0), (16, 0, 0)),
}


class UnsupportedVersionError(frappe.ValidationError):
	"""An app of the bench is too old or too new."""


def check() -> None:
	"""Hook before_install and before_migrate.

	Raises:
		UnsupportedVersionError: names the app, its version, the versions that work, and the way out.
	"""
	for app, (first, limit) in SUPPORTED.items():
		version = frappe.get_attr(f"{app}.__version__")
		if is_supported(version, first, limit):
			continue
		frappe.throw(
			_(
				"SkyCRM works with {0} from version {1} up to, not including, version {2}; this bench has {3}. Switch {0} to branch version-15 and update it, then try again."
			).format(app, dotted(first), dotted(limit), version),
			exc=UnsupportedVersionError,
			title=_("Version not supported"),
		)


def is_supported(version: str, first: Version, limit: Version) -> bool:
	"""True when first <= version < limit; only the numbers count, so "15.101.1-beta" is 15.101.1."""
	return first <= parsed(version) < limit
