"""Records that hold the payloads of xss_payloads.py as an old import or another program might have left them.

Written straight into the tables, past every check, by a process with the site's own connection:
`python xss_rows.py <site> make` and `... remove`. What to fill is read from the meta, so a new field is filled by itself.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xss_payloads import DATA_LENGTH, values

MODULE = "SkyCRM"
OWNER = "xss@xss.invalid"
VALUES = [text for text, _held in values()]
TEXTS = {
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"HTML Editor",
	"Markdown Editor",
	"Code",
	"JSON",
	"Attach",
	"Attach Image",
	"Phone",
	"Autocomplete",
	"Barcode",
	"Read Only",
	"Signature",
}
NUMBERS = {"Int", "Float", "Currency", "Percent", "Rating", "Duration", "Long Int"}
NOW, TODAY = "2026-11-20 10:00:00.000000", "2026-11-20"
# Switched on, or nobody would come to see them; everything else stays off, that no rule of these works on the site.
ON = {("Sky Sales Stage", "enabled"), ("Sky Lost Reason", "enabled"), ("Sky Lead Source", "enabled")}
# Made besides, for ours point to them: DocType → the fields that hold the name people see
OTHERS = {
	"User": ("full_name", "first_name"),
	"Customer": ("customer_name",),
	"Contact": ("first_name", "last_name", "full_name", "email_id", "designation"),
	"Address": ("address_title", "address_line1", "city"),
	"Item": ("item_name", "description"),
}
# What is attached to records: DocType → fields with text
ATTACHED = ("Sky Lead", "Sky Opportunity")

_numbers = count(1)


def main() -> None:
	import frappe

	site, what = sys.argv[1:3]
	os.chdir(Path(os.environ["SKYCRM_BENCH"]) / "sites")
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	remove()
	if what == "make":
		print(json.dumps(make()))
	frappe.db.commit()
	frappe.clear_cache()
	frappe.destroy()


def doctypes(**filters: Any) -> list[str]:
	import frappe

	return frappe.get_all(
		"DocType", {"module": MODULE, "is_virtual": 0, **filters}, pluck="name", order_by="name"
	)


def remove() -> None:
	"""Take away everything that make() has written."""
	import frappe

	for doctype in [
		*doctypes(issingle=0),
		*OTHERS,
		"Dynamic Link",
	]:
		frappe.db.sql(f"delete from `tab{doctype}` where owner = %s", OWNER)
	frappe.db.sql("delete from `__global_search` where name like 'XSS-%%'")


def make() -> dict[str, dict[str, Any]]:
	"""Write the records; returns for each DocType of ours the names, and which text fields of it are filled."""
	import frappe

	names = {
		doctype: [name_of(doctype, at) for at in range(len(VALUES))]
		for doctype in doctypes(istable=0, issingle=0)
	}
	names |= {doctype: [other_name(doctype, at) for at in range(len(VALUES))] for doctype in OTHERS}
	for doctype, fields in OTHERS.items():
		make_others(doctype, names, fields)
	made: dict[str, dict[str, Any]] = {}
	for doctype in doctypes(istable=0, issingle=0):
		meta = frappe.get_meta(doctype)
		for at, name in enumerate(names[doctype]):
			row = {"name": name, **filled(doctype, at, names)}
			if doctype in ATTACHED:
				row |= marks(at, names)
			insert(doctype, row)
			for table in meta.get_table_fields():
				child = {"name": f"XSS-row-{next(_numbers)}", "parent": name, "parenttype": doctype}
				child |= {"parentfield": table.fieldname, "idx": 1}
				insert(table.options, child | filled(table.options, at, names, shift=3))
		made[doctype] = {"names": names[doctype], "fields": shown_fields(doctype)}
	return made


def name_of(doctype: str, at: int) -> str:
	"""Return a record's name: the payload itself where a field that people type gives the name."""
	import frappe

	autoname = frappe.get_meta(doctype).autoname or ""
	if autoname.startswith("field:"):
		field = frappe.get_meta(doctype).get_field(autoname.split(":")[1])
		if field and field.fieldtype == "Data":
			return VALUES[at].strip()
		if field and field.options == "User":
			return f"xss{at}@xss.invalid"
	return f"XSS-{doctype.removeprefix('Sky ').replace(' ', '-')}-{at}"


def other_name(doctype: str, at: int) -> str:
	if doctype == "User":
		return f"xss{at}@xss.invalid"
	# What somebody typed became the name.
	return VALUES[at].strip() if doctype in ("Customer", "Item") else f"XSS-{doctype}-{at}"


def make_others(doctype: str, names: dict[str, list[str]], fields: tuple[str, ...]) -> None:
	import frappe

	for at, name in enumerate(names[doctype]):
		row = {field: VALUES[(at + shift) % len(VALUES)] for shift, field in enumerate(fields)}
		row["name"] = name
		if doctype == "User":
			row |= {"email": name, "enabled": 1, "user_type": "System User"}
		if doctype == "Item":
			row |= {
				"item_code": name,
				"stock_uom": "Nos",
				"item_group": "All Item Groups",
				"is_sales_item": 1,
			}
		if doctype == "Customer":
			row |= {
				"customer_group": "All Customer Groups",
				"territory": "All Territories",
				"customer_type": "Company",
			}
		insert(doctype, row)
		if doctype in ("Contact", "Address"):
			link = {
				"name": f"XSS-row-{next(_numbers)}",
				"parent": name,
				"parenttype": doctype,
				"parentfield": "links",
			}
			insert(
				"Dynamic Link",
				link | {"link_doctype": "Customer", "link_name": names["Customer"][at], "idx": 1},
			)
	frappe.clear_cache(doctype=doctype)


def shown_fields(doctype: str) -> list[str]:
	"""Return the fields that a list or a report can show as a column."""
	import frappe
	from frappe.model import no_value_fields

	return [
		field.fieldname for field in frappe.get_meta(doctype).fields if field.fieldtype not in no_value_fields
	]


def filled(doctype: str, at: int, names: dict[str, list[str]], shift: int = 0) -> dict[str, Any]:
	"""Return values of all fields of a record: record n holds payload n + k in its field k, so that each field gets each."""
	import frappe

	row: dict[str, Any] = {}
	for place, field in enumerate(frappe.get_meta(doctype).fields, start=shift):
		kind, key = field.fieldtype, field.fieldname
		text = next((text for text in turned(at + place) if fits(text, field)), "")
		if shape := SHAPES.get((doctype, key)):
			row[key] = shape(text, at, names)
		elif field.unique and field.fieldtype == "Data" and 0 < (field.length or 0) < DATA_LENGTH:
			row[key] = f"xss{at}"
		elif kind in TEXTS:
			row[key] = text
		elif kind == "Link":
			row[key] = linked(field.options, at, names)
		elif kind == "Dynamic Link":
			row[key] = names["Sky Lead"][at]
		elif kind == "Select":
			options = [option for option in (field.options or "").split("\n") if option]
			row[key] = field.default if field.default in options else (options or [""])[0]
		elif kind == "Check":
			row[key] = int((doctype, key) in ON)
		elif kind in NUMBERS:
			row[key] = 1
		elif kind == "Date":
			row[key] = TODAY
		elif kind == "Datetime":
			row[key] = NOW
		elif kind == "Time":
			row[key] = "10:00:00"
	autoname = frappe.get_meta(doctype).autoname or ""
	if autoname.startswith("field:"):
		row[autoname.split(":")[1]] = name_of(doctype, at)
	return row


def turned(start: int) -> list[str]:
	"""Return all payloads, beginning with another one."""
	start %= len(VALUES)
	return VALUES[start:] + VALUES[:start]


def fits(text: str, field: Any) -> bool:
	return field.fieldtype not in ("Data", "Autocomplete") or len(text) <= (field.length or DATA_LENGTH)


def linked(doctype: str, at: int, names: dict[str, list[str]]) -> str | None:
	import frappe

	if doctype == "DocType":
		return "Sky Lead"
	if doctype in names:
		return names[doctype][at]
	if doctype not in _first:
		_first[doctype] = (
			frappe.db.get_value(doctype, {}, "name") if frappe.db.table_exists(doctype) else None
		)
	return _first[doctype]


_first: dict[str, str | None] = {}


# Fields that the app itself reads as JSON: in the shape that it expects, with the payload as its texts
SHAPES: dict[tuple[str, str], Any] = {
	("Sky Lead", "score_detail"): lambda text, at, names: json.dumps([[text, 5, text], [text, -3, text]]),
	("Sky Lead Merge", "counts"): lambda text, at, names: json.dumps({text: 2}),
	("Sky Lead Merge", "changes"): lambda text, at, names: "{}",
	("Sky Lead Merge", "moved"): lambda text, at, names: "{}",
	("Sky Data Repair", "outcomes"): lambda text, at, names: json.dumps(
		[{"name": text, "title": text, "lead": text, "done": False, "message": text}]
	),
	("Sky Data Repair", "todo"): lambda text, at, names: "[]",
	("Sky Data Repair", "arguments"): lambda text, at, names: "{}",
	("Sky Form Submission", "content"): lambda text, at, names: json.dumps({text: text}),
	("Sky Lead Touch", "content"): lambda text, at, names: json.dumps({text: text, "lead_name": text}),
	("Sky Lead Touch", "filled"): lambda text, at, names: json.dumps({"lead_name": text}),
	("Sky Lead Touch", "differing"): lambda text, at, names: json.dumps({"lead_name": text}),
	("Sky Assignment Log", "details"): lambda text, at, names: json.dumps(
		{"passed_over": [{"name": text, "reason": text, "rule": text}], "words": text}
	),
	("Sky Assignment Turn", "turns"): lambda text, at, names: "{}",
	("Sky Lead Import Row", "cells"): lambda text, at, names: json.dumps([text, text]),
	("Sky Lead Conversion", "lead_before"): lambda text, at, names: "{}",
	("Sky Lead Conversion", "notes"): lambda text, at, names: "{}",
	("Sky Lead Merged Record", "snapshot"): lambda text, at, names: "{}",
}


def marks(at: int, names: dict[str, list[str]]) -> dict[str, Any]:
	"""Return what people put on a record: tags, assignments, likes, the latest comments."""
	text = VALUES[at]
	return {
		"_user_tags": "," + text.replace(",", ""),
		"_assign": json.dumps([names["User"][at]]),
		"_liked_by": json.dumps([names["User"][at]]),
		"_comments": json.dumps([{"comment": text, "by": text, "name": "x"}]),
		"_seen": json.dumps([names["User"][at]]),
	}


def insert(doctype: str, row: dict[str, Any]) -> None:
	import frappe

	columns = set(frappe.db.get_table_columns(doctype))
	stamp = {"owner": OWNER, "modified_by": OWNER, "creation": NOW, "modified": NOW, "docstatus": 0, "idx": 0}
	row = {"name": f"XSS-{next(_numbers)}", **stamp, **row}
	row = {key: value for key, value in row.items() if key in columns and value is not None}
	keys = ", ".join(f"`{key}`" for key in row)
	frappe.db.sql(
		f"insert into `tab{doctype}` ({keys}) values ({', '.join(['%s'] * len(row))})", tuple(row.values())
	)


if __name__ == "__main__":
	main()
