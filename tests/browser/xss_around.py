"""What hangs on records and is made of them, with the payloads of xss_payloads.py: comments, mails, versions, notes.

Made in two ways: written straight into the tables, and through the framework's own doors, which change what they are
given. `python xss_around.py <site> make` and `... remove`; the records of xss_rows.py must be there.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import xss_letters
from xss_payloads import PAYLOADS
from xss_rows import NOW, OWNER, VALUES, insert, name_of, turned

RAW = ("Sky Lead", "Sky Opportunity")
# A timeline shows twenty letters and ten versions.
PART = 14
# Cleaned or with something added, these still fit into a field.
SHORT = [payload.text for payload in PAYLOADS]
PARTS = [VALUES[start : start + PART] for start in range(0, len(VALUES), PART)]
AROUND = (
	"Comment",
	"Communication",
	"Communication Link",
	"ToDo",
	"File",
	"Tag",
	"Tag Link",
	"Version",
	"DocShare",
	"Notification Log",
	"View Log",
	"Milestone",
	"Email Queue",
	"Email Queue Recipient",
	"Document Share Key",
)
COMMENT_TYPES = (
	"Comment",
	"Assigned",
	"Assignment Completed",
	"Attachment",
	"Attachment Removed",
	"Shared",
	"Unshared",
	"Info",
	"Edit",
	"Label",
	"Like",
	"Workflow",
)
READER, LISTENER = "Administrator", "xss0@xss.invalid"
# What the search bar is asked for
NEEDLE = "xssneedle"
# What opens a print to a guest, with the number of the record
KEY = "xsskey"


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


def remove() -> None:
	"""Take away everything that make() has written."""
	import frappe

	frappe.db.sql("delete from `tabSky Lead` where owner = %s and name like 'XSS-door-%%'", OWNER)
	for doctype in (*AROUND, *xss_letters.OTHERS):
		frappe.db.sql(f"delete from `tab{doctype}` where owner = %s", OWNER)
	frappe.db.sql("delete from `__global_search` where name like 'XSS-%%'")


def make() -> dict[str, Any]:
	import frappe

	for doctype in RAW:
		for at, texts in enumerate(PARTS):
			write_around(doctype, name_of(doctype, at), texts)
	write_notes()
	write_search()
	write_for_guests()
	before = {doctype: newest(doctype) for doctype in AROUND}
	xss_letters.prepare()
	frappe.flags.in_test = True  # what the framework would leave to a worker is done at once
	doors = through_doors()
	made = {doctype: claim(doctype, names) for doctype, names in before.items()}
	doors["forms"] = {
		doctype: spread(made[doctype]) for doctype in ("Communication", "Notification Log", "ToDo")
	}
	return {"raw": {doctype: [name_of(doctype, at) for at in range(len(PARTS))] for doctype in RAW}, **doors}


def newest(doctype: str) -> set[str]:
	import frappe

	return set(frappe.get_all(doctype, pluck="name", limit=0))


def claim(doctype: str, before: set[str]) -> list[str]:
	"""What has come since is ours, and goes with the rest; in the order in which it came."""
	import frappe

	if made := newest(doctype) - before:
		frappe.db.sql(f"update `tab{doctype}` set owner = %s where name in %s", (OWNER, tuple(made)))
	return frappe.get_all(
		doctype, {"name": ("in", list(made))}, pluck="name", order_by="creation asc", limit=0
	)


def spread(names: list[str]) -> list[str]:
	"""About forty of them, from all over."""
	return names[:: max(1, len(names) // 40)]


# Straight into the tables
# ------------------------


def write_around(doctype: str, name: str, texts: list[str]) -> None:
	about = {"reference_doctype": doctype, "reference_name": name}
	for at, text in enumerate(texts):
		other = texts[(at + 1) % len(texts)]
		for kind in COMMENT_TYPES:
			insert(
				"Comment",
				{**about, "comment_type": kind, "content": text, "subject": text, "comment_by": text},
			)
		insert(
			"Communication",
			{
				**about,
				"communication_type": "Automated Message" if at % 5 == 4 else "Communication",
				"communication_medium": "Email",
				"communication_date": NOW,
				"status": "Open",
				"sent_or_received": "Received",
				"subject": text,
				"content": other,
				"sender": text,
				"sender_full_name": other,
				"recipients": text,
				"cc": text,
				"delivery_status": "Sent",
			},
		)
		insert(
			"ToDo",
			{
				"reference_type": doctype,
				"reference_name": name,
				"description": text,
				"allocated_to": f"xss{at}@xss.invalid",
				"assigned_by": f"xss{at}@xss.invalid",
				"assigned_by_full_name": text,
				"status": "Open",
				"priority": "Medium",
			},
		)
		insert(
			"File",
			{
				"file_name": text,
				"file_url": f"/files/{text}",
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"is_folder": 0,
			},
		)
		insert(
			"Tag Link",
			{
				"document_type": doctype,
				"document_name": name,
				"parenttype": doctype,
				"parent": name,
				"tag": text.replace(",", ""),
				"title": other,
			},
		)
		insert(
			"DocShare",
			{
				"share_doctype": doctype,
				"share_name": name,
				"user": f"xss{at}@xss.invalid",
				"read": 1,
			},
		)
		insert(
			"Milestone",
			{"reference_type": doctype, "reference_name": name, "track_field": "status", "value": text},
		)
	for start in range(0, len(texts), 2):
		shown = texts[start : start + 2]
		insert(
			"Version",
			{
				"ref_doctype": doctype,
				"docname": name,
				"data": json.dumps(
					{
						"changed": [
							[field, text, text]
							for field, text in zip(("notes", "organization"), shown, strict=False)
						],
						"row_changed": [["items", 0, text, [["note", text, text]]] for text in shown[:1]],
						"added": [["items", {"item_code": text}] for text in shown],
						"comment": "",
					}
				),
			},
		)


def write_notes() -> None:
	"""Lines of the notification bell."""
	for at, text in enumerate(VALUES):
		insert(
			"Notification Log",
			{
				"for_user": READER,
				"from_user": f"xss{at}@xss.invalid",
				"type": "Mention",
				"document_type": "Sky Lead",
				"document_name": name_of("Sky Lead", at),
				"subject": f'<b class="subject-title">{text}</b>' if at % 2 else text,
				"email_content": text,
				"read": 0,
			},
		)


def write_search() -> None:
	"""What the search bar finds: its index, and where people went."""
	import frappe

	for at, text in enumerate(VALUES):
		insert("Tag", {"name": text.strip().replace(",", "")})
		frappe.db.sql(
			"insert into `__global_search` (doctype, name, title, content, published) values (%s, %s, %s, %s, 0)",
			("Sky Lead", f"XSS-Lead-{at}", text, f"Organization : {NEEDLE} {text} ||| Notes : {text}"),
		)
		insert(
			"Tag Link",
			{
				"document_type": "Sky Lead",
				"document_name": f"XSS-Lead-{at}",
				"tag": NEEDLE,
				"title": text,
			},
		)


def write_for_guests() -> None:
	"""Published forms, and keys that show a record to whoever has them."""
	for at, text in enumerate(VALUES):
		texts = {
			f"{field}_{language}": turned(at + shift)[0]
			for shift, field in enumerate(("heading", "intro", "button", "thank_you", "coupon_text"))
			for language in ("vi", "en")
		}
		insert(
			"Sky Web Form",
			{
				"name": f"xss-form-{at}",
				"slug": f"xss-form-{at}",
				"title": text,
				"published": 1,
				"language": "Auto",
				"redirect_url": next((text for text in turned(at) if text.startswith("javascript")), text),
				**texts,
			},
		)
		row = {"parent": f"xss-form-{at}", "parenttype": "Sky Web Form", "idx": 1}
		asked = {"field": "Full Name", "label_vi": text, "label_en": text}
		insert("Sky Web Form Field", {**row, "parentfield": "form_fields", **asked})
		wording = {"channel": "Email", "wording_vi": text, "wording_en": text}
		insert("Sky Web Form Consent", {**row, "parentfield": "consents", **wording})
		for doctype in RAW:
			insert(
				"Document Share Key",
				{
					"reference_doctype": doctype,
					"reference_docname": name_of(doctype, at),
					"key": f"{KEY}{at}",
					"expires_on": "2099-01-01",
				},
			)


# Through the doors
# -----------------


def through_doors() -> dict[str, Any]:
	"""Do with every payload what people and programs do; what is refused is counted, the rest is looked at."""
	import pymysql

	import frappe

	# A text that was cleaned may no longer fit; and the framework stumbles over pictures without a picture in them.
	refusals = (
		frappe.ValidationError,
		frappe.PermissionError,
		frappe.NameError,
		pymysql.err.DataError,
		ValueError,
	)
	refused: dict[str, int] = {}
	done: dict[str, int] = {}

	def each(what: str, act: Callable[[int, str], Any], texts: Iterable[str] = VALUES) -> None:
		for at, text in enumerate(texts):
			frappe.db.savepoint("door")
			try:
				act(at, text)
			except refusals:
				frappe.db.rollback(save_point="door")
				frappe.clear_messages()
				refused[what] = refused.get(what, 0) + 1
			else:
				done[what] = done.get(what, 0) + 1

	leads = [door_lead(at) for at in range(len(PARTS))]

	def lead_of(at: int) -> Any:
		return leads[at // PART]

	each("comment", lambda at, text: lead_of(at).add_comment("Comment", text))
	each("mail in", lambda at, text: mail_in(lead_of(at), text, turned(at + 1)[0]))
	each("assignment", lambda at, text: assign(lead_of(at), f"xss{at}@xss.invalid", text))
	each("share", lambda at, text: share(lead_of(at), f"xss{at}@xss.invalid"))
	each("tag", lambda at, text: tag(lead_of(at), text))
	each("file", lambda at, text: attach(leads[at % len(leads)], text), SHORT)
	each("version", lambda at, text: change(lead_of(at).name, text))
	each("note of an assignment", lambda at, text: tell(at, text))
	each("note of a mention", lambda at, text: mention(at, text))
	each("note of a notification", lambda at, text: notify(at))
	each("note of an arrival", lambda at, text: arrive(at))
	told()
	mails = xss_letters.make(each)
	return {"doors": [lead.name for lead in leads], "done": done, "refused": refused, "mails": mails}


def door_lead(at: int) -> Any:
	import frappe

	lead = frappe.get_doc(
		{"doctype": "Sky Lead", "lead_name": f"Cửa {at}", "organization": "Cửa", "lead_owner": READER}
	).insert()
	frappe.db.set_value("Sky Lead", lead.name, "owner", OWNER, update_modified=False)
	return lead


def mail_in(lead: Any, text: str, other: str) -> None:
	import frappe

	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"subject": text,
			"content": other,
			"sender": "a@example.com",
			"sender_full_name": SHORT[VALUES.index(text)],
			"recipients": "b@example.com",
			"reference_doctype": lead.doctype,
			"reference_name": lead.name,
		}
	).insert(ignore_permissions=True)  # as the framework's own reading of a mailbox


def assign(lead: Any, user: str, text: str) -> None:
	from frappe.desk.form import assign_to

	assign_to.add(
		{"assign_to": [user], "doctype": lead.doctype, "name": lead.name, "description": text},
		ignore_permissions=True,
	)


def share(lead: Any, user: str) -> None:
	import frappe.share

	frappe.share.add(lead.doctype, lead.name, user, notify=1)


def tag(lead: Any, text: str) -> None:
	from frappe.desk.doctype.tag.tag import add_tag

	add_tag(text, lead.doctype, lead.name)


def attach(lead: Any, text: str) -> None:
	import frappe

	frappe.get_doc(
		{
			"doctype": "File",
			"file_name": text.replace("/", ""),
			"content": b"%PDF-1.4",
			"attached_to_doctype": lead.doctype,
			"attached_to_name": lead.name,
			"is_private": 1,
		}
	).insert()


def change(name: str, text: str) -> None:
	import frappe

	lead = frappe.get_doc("Sky Lead", name)
	lead.update({"job_title": SHORT[VALUES.index(text)], "notes": text, "unqualified_reason": text})
	lead.save()


def told() -> Any:
	"""The notes that somebody with an ordinary name got are shown to who looks at the bell."""
	import frappe

	frappe.db.sql("update `tabNotification Log` set for_user = %s where for_user = %s", (READER, LISTENER))


def tell(at: int, text: str) -> None:
	from frappe.desk.form.assign_to import notify_assignment

	notify_assignment(OWNER, LISTENER, "Sky Lead", f"XSS-Lead-{at}", "ASSIGN", text)


def mention(at: int, text: str) -> None:
	from frappe.desk.notifications import notify_mentions

	notify_mentions(
		"Sky Lead", f"XSS-Lead-{at}", f'<span class="mention" data-id="{LISTENER}">x</span>{text}'
	)


def notify(at: int) -> None:
	"""The app's own Notification, to the owner of the lead."""
	import frappe

	lead = frappe.get_doc("Sky Lead", f"XSS-Lead-{at}")
	lead.lead_owner = LISTENER
	lead.run_method("sky_lead_given")


def arrive(at: int) -> None:
	import frappe

	from skycrm.domain.intake import WEB_FORM, Arrival
	from skycrm.services import intake_notice

	lead = frappe.get_doc("Sky Lead", f"XSS-Lead-{at}")
	lead.lead_owner = LISTENER
	frappe.set_user("Guest")
	try:
		intake_notice.tell_owner(lead, Arrival(values={}, door=WEB_FORM))
	finally:
		frappe.set_user("Administrator")


if __name__ == "__main__":
	main()
