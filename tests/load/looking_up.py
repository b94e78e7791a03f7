"""Finding people among hundreds of thousands, as the desk and REST ask."""

from __future__ import annotations

import json

import requests
from bulk_rows import fill, fill_sky_leads
from common import Figure, Person, median_ms, paired_ms

import frappe

from skycrm.domain.text import name_key
from skycrm.services import identity_index
from skycrm.services.duplicates import find_duplicates

KNOWN = Person(4242)
ABSENT = "qzxwv"


class Desk:
	"""What the desk and other programs send, over HTTP as the seller."""

	def __init__(self, url: str, host: str, token: str) -> None:
		self.url = url
		self.session = requests.Session()
		self.session.headers.update({"Host": host, "Authorization": f"token {token}"})

	def call(self, method: str, **values):
		answer = self.session.post(f"{self.url}/api/method/{method}", data=values, timeout=120)
		answer.raise_for_status()
		return answer.json()["message"]

	def list_view(self, doctype: str, filters: list) -> dict:
		fields = json.dumps(
			[f"`tab{doctype}`.`{name}`" for name in ("name", "lead_name", "status", "modified")]
		)
		return self.call(
			"frappe.desk.reportview.get",
			doctype=doctype,
			fields=fields,
			filters=json.dumps(filters),
			order_by=f"`tab{doctype}`.`modified` desc",
			start=0,
			page_length=20,
		)

	def search(self, text: str) -> list:
		return self.call("skycrm.api.v1.leads.search", text=text)


def among(rows: int, url: str, host: str, token: str) -> list[Figure]:
	fill(rows)
	desk = Desk(url, host, token)
	phone = KNOWN.phone
	spellings = {
		"e-mail": f" {KNOWN.email.upper()} ",
		"phone as stored": phone,
		"phone with +84 and dots": f"+84 {phone[1:4]}.{phone[4:7]}.{phone[7:]}",
		"phone with 0084 and spaces": f"0084 {phone[1:4]} {phone[4:7]} {phone[7:]}",
		"tax code with spaces": f"{KNOWN.tax_code[:5]} {KNOWN.tax_code[5:]}",
	}

	def peers_email() -> dict:
		return desk.list_view("Lead", [["Lead", "email_id", "=", KNOWN.email]])

	lists = paired_ms(
		lambda: desk.list_view("Sky Lead", [["Sky Lead", "status", "=", "Contacted"]]),
		lambda: desk.list_view("Lead", [["Lead", "status", "=", "Open"]]),
	)
	figures = [Figure(f"list view by status, {rows:,} rows", *lists, "ms", "")]
	for name, text in spellings.items():
		found = desk.search(text)
		assert any(row["name"].endswith(f"{KNOWN.number:08d}") for row in found), (
			f"{name} finds nobody: {text}"
		)
		ours, peer = paired_ms(lambda text=text: desk.search(text), peers_email)
		figures.append(
			Figure(
				f"look-up by {name}, peer exact e-mail", ours, peer, "ms", "≤ 1.2x", met=ours <= 1.2 * peer
			)
		)
	phones = paired_ms(
		lambda: desk.search(phone), lambda: desk.list_view("Lead", [["Lead", "mobile_no", "=", phone]]), 5
	)
	figures.append(Figure("look-up by phone, peer exact phone", *phones, "ms", ""))

	assert desk.search(name_key(KNOWN.name)), "a name without tone marks must find somebody"
	ours, peer = paired_ms(
		lambda: desk.search(ABSENT),
		lambda: desk.list_view("Lead", [["Lead", "lead_name", "like", f"%{ABSENT}%"]]),
		5,
	)
	figures.append(
		Figure(
			"name without tone marks, nobody found",
			ours,
			peer,
			"ms",
			"≥ 10x faster",
			ratio_of="peer/ours",
			met=peer >= 10 * ours,
		)
	)
	return figures


def duplicates(rows: int) -> Figure:
	"""In process, for people who are not in the table; `peer` is the goal of 2 ms."""
	fill_sky_leads(rows)
	numbers = iter(range(90_000_000, 99_000_000))

	def ask() -> None:
		person = Person(next(numbers))
		assert not find_duplicates(
			email_id=person.email,
			mobile_no=person.phone,
			tax_id=person.tax_code,
			lead_name=person.name,
			organization=person.organization,
		)

	frappe.db.commit()
	ours = median_ms(ask, 40)
	return Figure(
		f"find_duplicates, {rows:,} rows (peer column: goal)", ours, 2.0, "ms", "≤ 2 ms", met=ours <= 2
	)


def near_names(rows: int) -> Figure:
	"""In process, names with a slip, as a form asks while somebody types; `peer` is the time after which people notice."""
	fill_sky_leads(rows)
	identity_index.fill_backs(after_batch=frappe.db.commit)
	numbers = iter(range(1, rows, max(rows // 60, 1)))

	def ask() -> None:
		person = Person(next(numbers))
		find_duplicates(
			lead_name=person.name.rsplit(" ", 1)[0] + "h",
			organization=f"Cty TNHH Thử Tải {person.number}",
			near=True,
		)

	frappe.db.commit()
	ours = median_ms(ask, 40)
	return Figure(
		f"near names, {rows:,} rows (peer column: goal)", ours, 100.0, "ms", "≤ 100 ms", met=ours <= 100
	)
