"""One person, known everywhere on the site, and the requests about them; for the tests of personal data."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import access_records as make

import frappe
from frappe.utils import nowdate

from skycrm.services import conversion
from skycrm.services.personal_data import requests

DOCTYPE = "Sky Personal Data Request"


class Person:
	"""Somebody whose every text is found nowhere else."""

	def __init__(self) -> None:
		mark = frappe.generate_hash(length=8)
		digits = frappe.db.sql("select lpad(floor(rand() * 9999999), 7, 1)")[0][0]
		self.name = f"Nguyễn Thị Xoá{mark}"
		self.email = f"xoa.{mark}@example.com"
		self.mobile = f"0912{digits[:3]}{digits[3:]}"[:10]
		self.spelled = f"{self.mobile[:4]} {self.mobile[4:7]} {self.mobile[7:]}"
		self.street = f"{mark} phố Không Tên"
		self.marks = (f"Xoá{mark}", f"xoa.{mark}", self.mobile[1:], self.spelled, mark)


def insert(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def known_everywhere(person: Person, convert: bool = True):
	"""A lead of the person with everything that people hang on it; converted to an individual customer."""
	lead = make.lead(
		lead_name=person.name,
		email_id=person.email,
		mobile_no=person.spelled,
		address_line1=person.street,
		city="Hà Nội",
		notes=f"<p>{person.name} thích gọi buổi sáng</p>",
		birth_date="1990-01-02",
		email_consent="Granted",
		email_consent_how=f"{person.name} gọi điện",
	)
	lead.update({"job_title": f"Thư ký của {person.name}"}).save()
	lead.add_comment("Comment", f"Gọi {person.name} theo số {person.mobile}")
	lead.add_tag("khách quen")
	about = {"reference_doctype": "Sky Lead", "reference_name": lead.name}
	insert(
		"Communication",
		subject=f"Chào {person.name}",
		content=person.mobile,
		sender="sales@example.com",
		recipients=person.email,
		communication_type="Communication",
		sent_or_received="Sent",
		**about,
	)
	insert(
		"Communication",
		subject="Hỏi giá",
		content=f"Tôi là {person.name}",
		sender=person.email,
		sender_full_name=person.name,
		sent_or_received="Received",
	)
	insert(
		"ToDo",
		description=f"Gọi {person.name} {person.email}",
		reference_type="Sky Lead",
		reference_name=lead.name,
		allocated_to="Administrator",
	)
	insert(
		"Event",
		subject=f"Gặp {person.name}",
		starts_on=nowdate(),
		event_participants=[
			{"reference_doctype": "Sky Lead", "reference_docname": lead.name, "email": person.email}
		],
	)
	insert(
		"File",
		file_name=f"ho-so-{person.marks[-1]}.txt",
		content=person.name,
		attached_to_doctype="Sky Lead",
		attached_to_name=lead.name,
		is_private=1,
	)
	insert(
		"Sky Lead Touch",
		lead=lead.name,
		door="Web Form",
		note=f"{person.name} {person.email}",
		content=json.dumps({"Họ tên": person.name}),
		received_on=nowdate(),
	)
	insert("Note", title=f"Ghi chú {person.marks[-1]}x"[:12], content=f"Hẹn {person.email}")
	frappe.log_error(title="Lỗi", message=f"Không gửi được cho {person.name} <{person.email}>")
	insert("Email Group Member", email_group=group(), email=person.email)
	queue = frappe.get_doc(
		{
			"doctype": "Email Queue",
			"sender": "a@example.com",
			"message": f"To: {person.email}",
			"recipients": [{"recipient": person.email}],
		}
	)
	queue.insert(ignore_permissions=True)
	made = conversion.convert(lead.name) if convert else {}
	return lead, made


def group() -> str:
	return frappe.db.exists("Email Group", "Xoá thử") or insert("Email Group", title="Xoá thử").name


def where_found(marks: tuple[str, ...], without: tuple[str, ...] = ()) -> list[str]:
	"""Every column of every table of the site that holds one of the texts, the names of records included."""
	found = []
	columns: dict[str, list[str]] = {}
	for table, column in frappe.db.sql(
		"""select table_name, column_name from information_schema.columns where table_schema = %s
		and data_type in ('varchar', 'char', 'text', 'mediumtext', 'longtext', 'tinytext', 'json')""",
		frappe.conf.db_name,
	):
		columns.setdefault(table, []).append(column)
	pattern = "|".join({*marks, *(json.dumps(mark)[1:-1].replace("\\", "\\\\") for mark in marks)})
	for table, names in columns.items():
		if table in without:
			continue
		test = " or ".join(f"`{name}` regexp %(pattern)s" for name in names)
		for row in frappe.db.sql(
			f"select * from `{table}` where {test} limit 3", {"pattern": pattern}, as_dict=True
		):
			hit = {
				key: str(value)[:80]
				for key, value in row.items()
				if any(mark.lower() in str(value).lower() for mark in marks)
			}
			found.append(f"{table} {row.get('name')}: {hit}")
	return found


def ask(kind: str, **who) -> str:
	request = frappe.get_doc(
		{"doctype": DOCTYPE, "kind": kind, "reason": "Asked by letter of 12 March", **who}
	)
	return request.insert().name


def carry_out(name: str, **decided: str) -> Any:
	"""Preview, decide about what waits for a decision, start, run to the end.

	Args:
		decided: `files="Erase"` for every row that waits for a decision.
	"""
	request = requests.preview(name)
	while request.status == "Searching":
		requests.run_step(name)
		request.reload()
	if decided:
		for row in request.records:
			if row.action == "Decide":
				row.action = decided["files"]
		request.save()
	requests.start(name, name)
	while requests.run_step(name):
		pass
	return frappe.get_doc(DOCTYPE, name)


KILLED = """
import frappe, os, signal, sys
os.chdir(sys.argv[1]); frappe.init(site=sys.argv[2], sites_path="."); frappe.connect(); frappe.set_user("Administrator")
from skycrm.jobs import personal_data
from skycrm.services.personal_data import erase
if sys.argv[4] != "none":
	real = getattr(erase, sys.argv[4])
	def killed(found, request):
		real(found, request)
		os.kill(os.getpid(), signal.SIGKILL)
	setattr(erase, sys.argv[4], killed)
personal_data.run(sys.argv[3])
"""


def run_in_process(site: Any, name: str, killed_after: str = "none") -> Any:
	"""Run the job of a request in a process of its own; SIGKILL reaches it when a step is done and not committed."""
	return subprocess.run(
		[sys.executable, "-c", KILLED, str(site.bench / "sites"), site.name, name, killed_after],
		check=False,
		timeout=200,
		capture_output=True,
		text=True,
	)
