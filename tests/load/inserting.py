"""New leads one at a time: in process and over HTTP."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from common import Figure, counted_statements, new_person, paired_ms

import frappe


def sky_lead(person) -> dict:
	return {
		"doctype": "Sky Lead",
		"lead_name": person.name,
		"organization": person.organization,
		"email_id": person.email,
		"mobile_no": person.phone,
		"tax_id": person.tax_code,
		"source": "Website",
	}


def erpnext_lead(person) -> dict:
	return {
		"doctype": "Lead",
		"lead_name": person.name,
		"company_name": person.organization,
		"email_id": person.email,
		"mobile_no": person.phone,
	}


def insert(values: dict) -> None:
	frappe.get_doc(values).insert()
	frappe.db.commit()


def statements_of(make) -> int:
	insert(make(new_person()))
	with counted_statements() as seen:
		insert(make(new_person()))
	return len(seen)


def make_contacts(on: bool) -> None:
	frappe.db.set_single_value("CRM Settings", "auto_creation_of_contact", int(on))
	frappe.clear_document_cache("CRM Settings", "CRM Settings")
	frappe.db.commit()


def in_process(times: int = 200) -> list[Figure]:
	"""One of ours, one of the peer's, in turn, so that a slow moment of the machine hits both."""
	figures = []
	for name, contacts, least in (
		("insert, ERPNext Lead as installed", True, 4),
		("insert, ERPNext Lead without Contact", False, 1),
	):
		make_contacts(contacts)
		ours, peer = paired_ms(
			lambda: insert(sky_lead(new_person())), lambda: insert(erpnext_lead(new_person())), times
		)
		mine, theirs = 1000 / ours, 1000 / peer
		figures.append(Figure(name, mine, theirs, "docs/s", f"≥ {least}x", met=mine >= least * theirs))
	mine = statements_of(sky_lead)
	theirs = statements_of(erpnext_lead)
	make_contacts(True)
	name = "SQL statements per insert (peer without Contact)"
	return [*figures, Figure(name, mine, theirs, "statements", "≤ 14", met=mine <= 14)]


def over_http(
	url: str, host: str, token: str, rounds: int = 3, times: int = 120, clients: int = 4
) -> list[Figure]:
	headers = {"Host": host, "Authorization": f"token {token}"}

	def post(make) -> float:
		bodies = [make(new_person()) for _ in range(times)]

		def send(part: list[dict]) -> None:
			with requests.Session() as session:
				for body in part:
					answer = session.post(
						f"{url}/api/resource/{body['doctype']}", json=body, headers=headers, timeout=60
					)
					answer.raise_for_status()

		start = time.perf_counter()
		with ThreadPoolExecutor(clients) as pool:
			list(pool.map(send, [bodies[number::clients] for number in range(clients)]))
		return times / (time.perf_counter() - start)

	rates: dict[str, list[float]] = {"sky": [], "peer": []}
	for _ in range(rounds):
		rates["sky"].append(post(sky_lead))
		rates["peer"].append(post(erpnext_lead))
	ours, peer = statistics.median(rates["sky"]), statistics.median(rates["peer"])
	name = f"REST POST, {clients} clients, ERPNext Lead as installed"
	return [Figure(name, ours, peer, "requests/s", "≥ 2.5x", met=ours >= 2.5 * peer)]
