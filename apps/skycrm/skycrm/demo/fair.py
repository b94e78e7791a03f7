"""Two lists of the demo firm: one of a trade fair that was imported, one of a seminar that waits for its owner to look."""

from pathlib import Path

import frappe

from skycrm.demo.people import NORTH
from skycrm.services import import_actions, import_run, import_status

FOLDER = Path(__file__).parent / "lists"
FAIR, SEMINAR = "khach-tham-gia-hoi-cho-van-phong-2026.csv", "khach-hoi-thao-van-phong-thong-minh.csv"
WHO_IMPORTS = "lan.nguyen@saoviet.example"
SOURCE = "Trade Fair"


def make() -> None:
	"""The leads of the fair land in the pool of the north, without an owner: the members of the team claim them."""
	frappe.set_user(WHO_IMPORTS)
	fair = upload(FAIR, source=SOURCE, team=NORTH, tags="Hội chợ văn phòng 2026")
	import_actions.start(fair.name)
	# The job's own function. The loader commits at its end: half a demo is none.
	import_run.run(fair.name, lambda: None)
	status, message = frappe.db.get_value(import_status.DOCTYPE, fair.name, ["status", "message"])
	if status != import_status.DONE:
		raise AssertionError(f"the demo's list was not imported: {status} {message}")
	upload(SEMINAR, source="Website", tags="Hội thảo văn phòng thông minh")


def upload(name: str, **values: str):
	"""An import of one of the lists, not started."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": name,
			"content": (FOLDER / name).read_bytes(),
			"is_private": 1,
		}
	).insert()
	return frappe.get_doc({"doctype": import_status.DOCTYPE, "file": file.file_url, **values}).insert()


def leads_of_the_fair() -> list[str]:
	"""The leads that the list of the fair made, in the order of its lines."""
	name = frappe.db.get_value(import_status.DOCTYPE, {"source": SOURCE, "status": import_status.DONE})
	return frappe.get_all(
		"Sky Lead Import Row",
		filters={"lead_import": name, "outcome": "Made"},
		order_by="line",
		pluck="lead",
	)
