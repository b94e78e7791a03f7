"""The onboarding steps of the workspace, for the uninstall: the framework finds them by no module."""

import json
from pathlib import Path

import frappe

FOLDER = ("skycrm", "onboarding_step")


def shipped_steps() -> list[str]:
	"""Names of the steps that the app brings, as its files give them."""
	folder = Path(frappe.get_app_path("skycrm", *FOLDER))
	return [json.loads(path.read_text(encoding="utf-8"))["name"] for path in sorted(folder.glob("*/*.json"))]


def remove() -> None:
	"""Delete the steps; the onboarding that lists them goes with the module."""
	for name in shipped_steps():
		frappe.delete_doc(
			"Onboarding Step",
			name,
			force=True,
			ignore_permissions=True,
			ignore_missing=True,
			delete_permanently=True,
		)
