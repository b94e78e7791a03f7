"""100,000 rows out of a file, 3 % of them bad in every way of fault R17, beside the framework's Data Import of ERPNext's Lead.

Printed: rows per second of both in the same run, seconds, the highest memory of the process that imports, and whether
every bad row is listed. The import runs in a process of its own, as a worker would.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from common import Figure, Person, answer_gravatar_locally, show

import frappe

MINUTES = 10
MOST_MEMORY_MB = 600
LEAST_RATIO = 10
HEADERS = (
	"Họ tên",
	"Công ty",
	"Chức vụ",
	"Di động",
	"Email",
	"Mã số thuế",
	"Khu vực",
	"Ngày sinh",
	"Đánh giá",
	"Ghi chú",
)
BAD_KINDS = ("choice", "date", "link", "too_long", "bad_bytes", "quote_open", "repeated")
# A megabyte each.
HUGE_CELLS = 5
REASONS = {
	"choice": "Đánh giá",
	"date": "Ngày sinh",
	"link": "Khu vực",
	"too_long": "Chức vụ",
	"bad_bytes": "Công ty",
	"quote_open": "Chức vụ",
	"repeated": None,
	"huge": "Ghi chú",
}


def row_of(person: Person) -> list[str]:
	return [
		person.name,
		person.organization,
		"Trưởng phòng mua hàng",
		person.phone,
		person.email,
		person.tax_code,
		"Vietnam",
		f"{person.number % 28 + 1:02d}/{person.number % 12 + 1:02d}/{1960 + person.number % 40}",
		("Nóng", "Ấm", "Lạnh", "")[person.number % 4],
		f"Quan tâm gói dịch vụ số {person.number % 17}",
	]


def make_file(path: Path, rows: int, first: int, bad_share: float = 0.03) -> dict[int, str]:
	"""Write the list; returns line → kind of every bad row."""
	every = round(1 / bad_share)
	bad: dict[int, str] = {}
	kinds = 0
	with path.open("wb") as out:
		out.write("﻿".encode())
		out.write(line_of(HEADERS))
		for number in range(rows):
			line = number + 2
			cells = row_of(Person(first + number))
			if number % every != every - 1 or len(bad) >= round(rows * bad_share):
				out.write(line_of(cells))
				continue
			kind = "huge" if kinds < HUGE_CELLS else BAD_KINDS[kinds % len(BAD_KINDS)]
			kinds += 1
			bad[line] = kind
			out.write(bad_line(kind, cells, Person(first + number - 1)))
	return bad


def bad_line(kind: str, cells: list[str], before: Person) -> bytes:
	if kind == "choice":
		cells[8] = "Sôi sùng sục"
	elif kind == "date":
		cells[7] = "31/02/1990"
	elif kind == "link":
		cells[6] = f"Sao Hỏa {before.number}"
	elif kind == "too_long":
		cells[2] = "Trưởng phòng " * 20
	elif kind == "huge":
		cells[9] = "x" * 1_000_000
	elif kind == "repeated":
		cells[0], cells[3], cells[4] = before.name, before.phone, before.email
	elif kind == "bad_bytes":
		return line_of(cells).replace("Công ty".encode(), b"C\xf4ng\xff ty", 1)
	elif kind == "quote_open":
		return line_of(cells).replace("Trưởng".encode(), '"Trưởng'.encode(), 1)
	return line_of(cells)


def line_of(cells: list[str] | tuple[str, ...]) -> bytes:
	text = io.StringIO()
	csv.writer(text, lineterminator="\r\n").writerow(cells)
	return text.getvalue().encode()


def new_import(path: Path) -> str:
	"""An import of a file that is there already: an upload of this size would measure the web server."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": path.name,
			"file_url": f"/private/files/{path.name}",
			"is_private": 1,
		}
	).insert(ignore_permissions=True)
	doc = frappe.get_doc({"doctype": "Sky Lead Import", "file": file.file_url, "policy": "Refuse"}).insert()
	frappe.call("skycrm.services.import_actions.start", name=doc.name)
	frappe.db.commit()
	return doc.name


def run_import(site: str, name: str) -> tuple[float, float, float]:
	"""Run in a process of its own; seconds, its highest memory in MB, and its seconds of CPU."""
	command = [sys.executable, __file__, "--site", site, "--child", name]
	answer = subprocess.run(command, check=True, capture_output=True, text=True)
	measured = json.loads(answer.stdout.strip().splitlines()[-1])
	return measured["seconds"], measured["memory"], measured["cpu"]


def child(name: str) -> None:
	frappe.set_user("Administrator")
	start = time.perf_counter()
	from skycrm.services import import_run

	import_run.run(name, frappe.db.commit)
	seconds = time.perf_counter() - start
	usage = resource.getrusage(resource.RUSAGE_SELF)
	cpu = usage.ru_utime + usage.ru_stime
	print(json.dumps({"seconds": seconds, "memory": usage.ru_maxrss / 1024, "cpu": cpu}))


def data_import(rows: int, first: int) -> float:
	"""Rows per second of the framework's Data Import for ERPNext's Lead."""
	text = io.StringIO()
	writer = csv.writer(text)
	writer.writerow(["First Name", "Organization Name", "Job Title", "Mobile No", "Email"])
	writer.writerows(
		[one.name, one.organization, "Trưởng phòng mua hàng", one.phone, one.email]
		for one in (Person(first + number) for number in range(rows))
	)
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"load-{first}.csv", "content": text.getvalue(), "is_private": 1}
	).insert(ignore_permissions=True)
	doc = frappe.get_doc(
		{
			"doctype": "Data Import",
			"reference_doctype": "Lead",
			"import_type": "Insert New Records",
			"import_file": file.file_url,
			"mute_emails": 1,
		}
	).insert()
	frappe.db.commit()
	importer = frappe.get_attr("frappe.core.doctype.data_import.importer.Importer")(
		"Lead", data_import=doc, console=False
	)
	start = time.perf_counter()
	importer.import_data()
	seconds = time.perf_counter() - start
	made = frappe.db.count("Data Import Log", {"data_import": doc.name, "success": 1})
	assert made == rows, f"{made} of {rows} rows were taken by Data Import"
	return rows / seconds


def check_listed(name: str, rows: int, bad: dict[int, str]) -> list[str]:
	"""What is not as it must be: 97 % made, every bad row listed with its line, column and a reason, no other."""
	wrong = []
	doc = frappe.get_doc("Sky Lead Import", name)
	if (doc.status, doc.made, doc.refused) != ("Done", rows - len(bad), len(bad)):
		wrong.append(
			f"{doc.status} {doc.message}: made {doc.made}, refused {doc.refused}, expected {len(bad)}"
		)
	listed = {
		row.line: row
		for row in frappe.get_all(
			"Sky Lead Import Row",
			{"lead_import": name, "outcome": "Refused"},
			["line", "header", "reason"],
			limit=0,
		)
	}
	for line, kind in bad.items():
		row = listed.pop(line, None)
		if not row or not row.reason or (REASONS[kind] and row.header != REASONS[kind]):
			wrong.append(f"line {line} ({kind}): {row}")
	return wrong + [f"line {line} is listed and good: {row.reason}" for line, row in listed.items()]


def stamp() -> tuple:
	return frappe.db.sql("select count(*), max(modified), sum(crc32(name)) from `tabSky Lead`")[0]


def measure(site: str, rows: int, peer_rows: int) -> list[Figure]:
	answer_gravatar_locally()
	# Data Import asks for rights that a seller lacks.
	frappe.set_user("Administrator")
	first = int(time.time()) * 997 % 30_000_000 + 60_000_000
	path = Path(frappe.get_site_path("private", "files", f"load-{first}.csv"))
	bad = make_file(path, rows, first)
	print(
		f"  {path.stat().st_size >> 20} MB, {rows:,} rows, bad ones: {dict(Counter(bad.values()))}",
		flush=True,
	)

	contacts = []
	for made_too in (1, 0):
		frappe.db.set_single_value("CRM Settings", "auto_creation_of_contact", made_too)
		frappe.clear_document_cache("CRM Settings", "CRM Settings")
		contacts.append(data_import(peer_rows, first - (made_too + 1) * peer_rows))
	frappe.db.set_single_value("CRM Settings", "auto_creation_of_contact", 1)
	frappe.db.commit()

	name = new_import(path)
	seconds, memory, cpu = run_import(site, name)
	frappe.db.rollback()
	wrong = check_listed(name, rows, bad)
	before = stamp()
	again = new_import(path)
	again_seconds, again_memory, _again_cpu = run_import(site, again)
	frappe.db.rollback()
	second = frappe.get_doc("Sky Lead Import", again)
	if (second.made, second.merged, second.skipped) != (0, 0, rows - len(bad)) or stamp() != before:
		wrong.append(
			f"again: made {second.made}, skipped {second.skipped}, leads changed {stamp() != before}"
		)
	for line in wrong[:20]:
		print("  WRONG", line, flush=True)
	rate = rows / seconds
	scaled = MINUTES * 60 * rows / 100_000
	with_contact, plain = contacts
	return [
		Figure(
			"import, Data Import of ERPNext Lead as installed",
			rate,
			with_contact,
			"rows/s",
			f"≥ {LEAST_RATIO}x",
			met=rate >= LEAST_RATIO * with_contact,
		),
		Figure("import, Data Import of ERPNext Lead without Contact", rate, plain, "rows/s", "", met=None),
		Figure(
			f"import of {rows:,} rows, 3 % bad",
			seconds,
			scaled,
			"s",
			f"≤ {scaled:.0f} s",
			met=seconds <= scaled,
		),
		Figure(
			"memory of the importing process",
			max(memory, again_memory),
			MOST_MEMORY_MB,
			"MB",
			f"≤ {MOST_MEMORY_MB}",
			met=max(memory, again_memory) <= MOST_MEMORY_MB,
		),
		# The rest is the database, and on a busy machine waiting: this part of it is ours alone.
		Figure("CPU of the importing process", cpu, scaled, "s", ""),
		Figure("the same file again", again_seconds, seconds, "s", "adds 0", met=not wrong),
	]


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", default=os.environ.get("SKYCRM_TEST_SITE"))
	parser.add_argument("--rows", type=int, default=100_000)
	parser.add_argument("--peer-rows", type=int, default=1_000)
	parser.add_argument("--child")
	chosen = parser.parse_args()
	frappe.init(site=chosen.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True
	if chosen.child:
		child(chosen.child)
	else:
		show(measure(chosen.site, chosen.rows, chosen.peer_rows))
	frappe.destroy()


if __name__ == "__main__":
	main()
