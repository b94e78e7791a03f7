"""Leads with everything that can hang on one, and pictures of the whole database to compare before and after."""

from __future__ import annotations

from typing import Any

from factories import make_item, make_lead, make_user, mobile, unique

import frappe

SELLER = "seller.convert@example.com"
STRANGER = "stranger.convert@example.com"
FOLLOWER = "follower.convert@example.com"


def phone() -> str:
	"""Return a mobile number that no other lead has: tests must not find each other's customers."""
	return mobile()


def tax_code() -> str:
	"""Return a valid ten-digit tax code."""
	from skycrm.domain.tax_code import check_digit

	while True:
		head = "03" + f"{int(frappe.generate_hash(length=12), 36) % 10**7:07d}"
		try:
			digit = check_digit(head)
		except Exception:
			continue
		if digit and head[2:] != "0000000":
			return head + digit


def seller() -> str:
	"""Return a salesperson with the roles of the profile Sky Sales."""
	return make_user(SELLER, "Sky Sales User", "Sales User")


def full_lead(**values: Any) -> Any:
	"""Return a lead of a firm, complete, with two products."""
	return make_lead(
		**{
			"lead_name": "Nguyễn Văn An",
			"organization": unique("Công ty TNHH Thử Nghiệm"),
			"job_title": "Giám đốc",
			"tax_id": tax_code(),
			"email_id": f"{frappe.generate_hash(length=10)}@thunghiem.example.com",
			"mobile_no": phone(),
			"address_line1": "12 Lê Lợi",
			"city": "Huế",
			"country": "Vietnam",
			"status": "New",
			"items": [
				{"item_code": make_item("SKY-CONV-A", rate=120_000), "qty": 3, "note": "giao sớm"},
				{"item_code": make_item("SKY-CONV-B"), "qty": 1},
			],
			**values,
		}
	)


def hang_everything_on(lead: Any) -> dict[str, str]:
	"""Comment, letters both ways, file, event, to-dos, tags, follower and share; returns names by kind."""
	names = {}
	names["comment"] = lead.add_comment("Comment", "Khách cần báo giá gấp").name
	letter = {
		"doctype": "Communication",
		"communication_type": "Communication",
		"communication_medium": "Email",
		"sent_or_received": "Received",
		"subject": "Hỏi giá",
		"content": "Xin báo giá",
		"sender": "khach@example.com",
		"recipients": "sales@example.com",
	}
	names["letter"] = (
		frappe.get_doc({**letter, "reference_doctype": lead.doctype, "reference_name": lead.name})
		.insert(ignore_permissions=True)
		.name
	)
	linked = frappe.get_doc({**letter, "subject": "Gửi nhiều nơi"})
	linked.append("timeline_links", {"link_doctype": lead.doctype, "link_name": lead.name})
	names["linked_letter"] = linked.insert(ignore_permissions=True).name
	names["file"] = (
		frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.generate_hash(length=8)}.txt",
				"attached_to_doctype": lead.doctype,
				"attached_to_name": lead.name,
				"is_private": 1,
				"content": frappe.generate_hash(length=20),
			}
		)
		.insert(ignore_permissions=True)
		.name
	)
	event = frappe.get_doc(
		{
			"doctype": "Event",
			"subject": "Gặp khách",
			"starts_on": "2026-12-01 09:00:00",
			"event_type": "Public",
			"event_participants": [{"reference_doctype": lead.doctype, "reference_docname": lead.name}],
		}
	)
	names["event"] = event.insert(ignore_permissions=True).name
	follower = make_user(FOLLOWER, "Sky Sales Manager", "Sales User")
	for status, owner in (("Open", follower), ("Closed", follower)):
		names[f"todo_{status.lower()}"] = (
			frappe.get_doc(
				{
					"doctype": "ToDo",
					"description": f"Gọi lại ({status})",
					"reference_type": lead.doctype,
					"reference_name": lead.name,
					"allocated_to": owner,
					"status": status,
				}
			)
			.insert(ignore_permissions=True)
			.name
		)
	lead.add_tag("Khách lớn")
	lead.add_tag("Hà Nội")
	frappe.get_doc(
		{
			"doctype": "Document Follow",
			"ref_doctype": lead.doctype,
			"ref_docname": lead.name,
			"user": follower,
		}
	).insert(ignore_permissions=True)
	frappe.get_doc(
		{
			"doctype": "DocShare",
			"user": make_user(STRANGER, "Sky Sales User", "Sales User"),
			"share_doctype": lead.doctype,
			"share_name": lead.name,
			"read": 1,
			"write": 1,
		}
	).insert(ignore_permissions=True)
	lead.reload()
	return names


# Tables that grow with every undo or read and say nothing about business.
NOT_COMPARED = frozenset(
	{
		"tabDeleted Document",
		"tabSky Lead Conversion",
		"tabVersion",
		"tabError Log",
		"tabAccess Log",
		"tabActivity Log",
		"tabSeries",
		"tabSessions",
		"tabScheduled Job Log",
		"tabView Log",
		"tabSky Audit Log",
		"tabRoute History",
		"tabNotification Log",
		"tabEmail Queue",
		"tabEmail Queue Recipient",
		"tabSky Idempotency Key",
		"tabRQ Job",
		# Closed with the conversion, opened anew with the undo.
		"tabWorkflow Action",
		"tabRQ Worker",
	}
)


def table_counts() -> dict[str, int]:
	"""Return the number of rows of every table of the site, in one query."""
	tables = sorted(table for table in frappe.db.get_tables(cached=False))
	query = " union all ".join(f"select '{table}', count(*) from `{table}`" for table in tables)
	return dict(frappe.db.sql(query))


def lead_row(name: str) -> dict[str, Any]:
	"""Return every column of a lead."""
	return dict(frappe.db.sql("select * from `tabSky Lead` where name = %s", name, as_dict=True)[0])


def picture(lead: str) -> dict[str, Any]:
	"""Return all that hangs on a lead, row by row, as it would be compared by hand."""
	rows = {}
	for doctype, where in {
		"Comment": "reference_doctype = 'Sky Lead' and reference_name = %(lead)s and comment_type = 'Comment'",
		"Communication": "reference_doctype = 'Sky Lead' and reference_name = %(lead)s",
		"Communication Link": "link_doctype = 'Sky Lead' and link_name = %(lead)s",
		"File": "attached_to_doctype = 'Sky Lead' and attached_to_name = %(lead)s",
		"Event Participants": "reference_doctype = 'Sky Lead' and reference_docname = %(lead)s",
		"ToDo": "reference_type = 'Sky Lead' and reference_name = %(lead)s",
		"Tag Link": "document_type = 'Sky Lead' and document_name = %(lead)s",
		"Document Follow": "ref_doctype = 'Sky Lead' and ref_docname = %(lead)s",
		"DocShare": "share_doctype = 'Sky Lead' and share_name = %(lead)s",
		"Sky Lead Item": "parenttype = 'Sky Lead' and parent = %(lead)s",
	}.items():
		rows[doctype] = frappe.db.sql(
			f"select * from `tab{doctype}` where {where} order by name", {"lead": lead}, as_dict=True
		)
	for row in rows["Sky Lead Item"]:
		# Written anew whenever the lead is saved.
		row.pop("modified")
		row.pop("modified_by")
	return rows
