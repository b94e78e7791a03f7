"""Load the demo data of the app into a site, and write down its logins.

Runs with the bench's Python in the sites folder: demo.py <site> <file for the logins>
"""

import importlib
import importlib.util
import json
import os
import sys

import frappe


def main(site: str, target: str) -> None:
	"""Load the demo data and write the logins as JSON, readable by this user only."""
	frappe.init(site=site)
	frappe.connect()
	try:
		frappe.set_user("Administrator")
		try:
			logins = load() if importlib.util.find_spec("skycrm.demo.load") else []
		except frappe.ValidationError as error:
			# The loader refuses a site that is in use; that is no failure of bringing it up
			if type(error).__name__ != "DemoRefused":
				raise
			print(f"REFUSED: {error}")
			return
		frappe.db.set_single_value("System Settings", "language", "vi")
		frappe.db.commit()  # a script has no request that commits for it
		frappe.clear_cache()
	finally:
		frappe.destroy()
	descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
	with os.fdopen(descriptor, "w", encoding="utf-8") as file:
		json.dump(logins, file, ensure_ascii=False, indent=1)


def load() -> list[dict]:
	"""Load through the app's own loader; returns user, password and roles of each person."""
	module = importlib.import_module("skycrm.demo.load")
	result = module.load(progress=show)
	print(json.dumps(result, ensure_ascii=False, default=str))
	return [dict(login) for login in module.logins()]


def show(*parts: object) -> None:
	"""Print how far the loader is: done, total and what is being made."""
	done, *rest = parts
	print(
		" of ".join(str(part) for part in (done, *rest))
		if len(rest) < 2
		else f"{done} of {rest[0]} {rest[1]}",
		flush=True,
	)


if __name__ == "__main__":
	main(sys.argv[1], sys.argv[2])
