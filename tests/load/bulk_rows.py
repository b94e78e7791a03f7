"""Hundreds of thousands of leads of both products, written past the controllers with the keys that they would have."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from common import SELLER, Person

import frappe

from skycrm.domain.search_terms import search_text
from skycrm.domain.text import name_key, org_name_key

BATCH = 20_000
STATUSES = ("New", "Contacted", "Nurturing", "Qualified", "Unqualified")


def fill(rows: int) -> None:
	"""Brings each of the two tables to at least `rows` rows."""
	for doctype, make in (("Sky Lead", _sky_row), ("Lead", _erpnext_row)):
		fill_one(doctype, make, rows)


def fill_sky_leads(rows: int) -> None:
	fill_one("Sky Lead", _sky_row, rows)


def fill_one(doctype: str, make, rows: int) -> None:
	have = frappe.db.count(doctype)
	dice = random.Random(have)
	first = have
	while first < rows:
		last = min(first + BATCH, rows)
		values = [make(number, dice) for number in range(first, last)]
		frappe.db.bulk_insert(
			doctype, list(values[0]), [tuple(row.values()) for row in values], chunk_size=2_000
		)
		frappe.db.commit()
		print(f"  {doctype}: {last:,} rows", flush=True)
		first = last
	frappe.db.sql_ddl(f"analyze table `tab{doctype}`")


def _common(prefix: str, number: int, dice: random.Random) -> dict:
	moment = datetime(2026, 1, 1) + timedelta(seconds=dice.randrange(25_000_000))
	return {
		"name": f"{prefix}-{number:08d}",
		"creation": moment,
		"modified": moment,
		"owner": SELLER,
		"modified_by": SELLER,
		"docstatus": 0,
	}


def _sky_row(number: int, dice: random.Random) -> dict:
	person = Person(number)
	return {
		**_common("SKY-LEAD-LOAD", number, dice),
		"lead_name": person.name,
		"organization": person.organization,
		"email_id": person.email,
		"mobile_no": person.phone,
		"tax_id": person.tax_code,
		"status": dice.choice(STATUSES),
		"lead_owner": SELLER,
		"email_key": person.email,
		"phone_key": f"+84{person.phone[1:]}",
		"tax_key": person.tax_code,
		"name_key": name_key(person.name),
		"organization_key": org_name_key(person.organization),
		"search_text": search_text(person.name, person.organization),
	}


def _erpnext_row(number: int, dice: random.Random) -> dict:
	person = Person(number)
	return {
		**_common("CRM-LEAD-LOAD", number, dice),
		"naming_series": "CRM-LEAD-.YYYY.-",
		"lead_name": person.name,
		"first_name": person.name,
		"title": person.organization,
		"company_name": person.organization,
		"email_id": person.email,
		"mobile_no": person.phone,
		"status": dice.choice(("Lead", "Open", "Replied")),
		"lead_owner": SELLER,
	}
