"""Leads by the one way in: in process and over HTTP, beside ERPNext's own Lead."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from common import Figure, counted_statements, new_person, paired_ms
from inserting import erpnext_lead, insert, sky_lead

import frappe

from skycrm.domain.intake import WEB_FORM, Arrival
from skycrm.services import intake


def values(person) -> dict:
	return {key: value for key, value in sky_lead(person).items() if key != "doctype"}


def arrive(person) -> None:
	intake.receive(Arrival(values(person), WEB_FORM))
	frappe.db.commit()


def in_process(times: int = 150) -> list[Figure]:
	"""A person who is new, and one who comes again, in turn with the peer's insert."""
	new, peer = paired_ms(lambda: arrive(new_person()), lambda: insert(erpnext_lead(new_person())), times)
	known = new_person()
	arrive(known)
	again, peer_again = paired_ms(lambda: arrive(known), lambda: insert(erpnext_lead(new_person())), times)
	person = new_person()
	with counted_statements() as first:
		arrive(person)
	with counted_statements() as second:
		arrive(person)
	name = "intake, {0}, peer inserts a Lead as installed"
	return [
		Figure(
			name.format("a new person"),
			1000 / new,
			1000 / peer,
			"docs/s",
			"≥ 2.5x",
			met=peer >= 2.5 * new,
		),
		Figure(name.format("a known one"), 1000 / again, 1000 / peer_again, "docs/s", ""),
		Figure("SQL statements of an arrival, new (peer column: known)", len(first), len(second), "", ""),
	]


def over_http(
	url: str, host: str, token: str, rounds: int = 3, times: int = 120, clients: int = 4
) -> list[Figure]:
	"""`leads.create` with an idempotency key beside the peer's REST insert."""
	headers = {"Host": host, "Authorization": f"token {token}"}

	def post(path: str, bodies: list[dict]) -> float:
		def send(part: list[dict]) -> None:
			with requests.Session() as session:
				for body in part:
					session.post(f"{url}{path}", json=body, headers=headers, timeout=60).raise_for_status()

		start = time.perf_counter()
		with ThreadPoolExecutor(clients) as pool:
			list(pool.map(send, [bodies[number::clients] for number in range(clients)]))
		return len(bodies) / (time.perf_counter() - start)

	rates: dict[str, list[float]] = {"sky": [], "peer": []}
	for _ in range(rounds):
		ours = [
			{"fields": values(new_person()), "idempotency_key": frappe.generate_hash(length=24)}
			for _ in range(times)
		]
		rates["sky"].append(post("/api/method/skycrm.api.v1.leads.create", ours))
		rates["peer"].append(post("/api/resource/Lead", [erpnext_lead(new_person()) for _ in range(times)]))
	mine, peer = statistics.median(rates["sky"]), statistics.median(rates["peer"])
	name = f"leads.create with a key, {clients} clients, peer REST Lead"
	return [Figure(name, mine, peer, "requests/s", "≥ 2x", met=mine >= 2 * peer)]
