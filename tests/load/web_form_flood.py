"""The web form door under a flood: what a colleague at the desk notices of it, and what a submission costs.

Started by run.py; as a program of its own it is the flood: a process apart, so that it does not slow the measuring.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

FLOOD_SECONDS = 20
FLOOD_RATE = 60
SAMPLES = 60


def flood(url: str, host: str, form: str, seconds: float, rate: float) -> None:
	"""Post to a form at a steady rate from several threads; prints how often each status came, as JSON."""
	import requests

	codes: dict[str, int] = {}
	lock = threading.Lock()
	start = time.monotonic()
	threads = 12

	def work(offset: int) -> None:
		session = requests.Session()
		session.trust_env = False
		session.headers.update({"Host": host, "Accept": "application/json"})
		turn = offset
		while True:
			due = start + turn / rate
			if due - start > seconds:
				return
			time.sleep(max(0.0, due - time.monotonic()))
			answer = session.post(
				f"{url}/api/method/skycrm.api.v1.leads.capture",
				json={"form": form, "fields": {"lead_name": f"Robot {turn}", "mobile_no": f"091{turn:07d}"}},
				headers={"X-Forwarded-For": f"198.51.{turn // 250 % 250}.{turn % 250}"},
				timeout=60,
			)
			with lock:
				codes[str(answer.status_code)] = codes.get(str(answer.status_code), 0) + 1
			turn += threads

	workers = [threading.Thread(target=work, args=(offset,)) for offset in range(threads)]
	for worker in workers:
		worker.start()
	for worker in workers:
		worker.join()
	taken = time.monotonic() - start
	print(json.dumps({"codes": codes, "rate": sum(codes.values()) / taken}))


def measure(url: str, host: str, token: str) -> list:
	"""Figures: p95 of a desk list idle and while forms are flooded, and the cost of one submission."""
	from looking_up import Desk

	import frappe

	form = _form()
	for key in frappe.cache.keys("*skycrm_calls:*"):
		frappe.cache.delete(key)
	desk = Desk(url, f"{host}:{url.rsplit(':', 1)[1]}", token)

	def look() -> float:
		start = time.perf_counter()
		desk.list_view("Sky Lead", [["Sky Lead", "status", "=", "New"]])
		return (time.perf_counter() - start) * 1000

	look()
	idle = _p95([look() for _ in range(SAMPLES)])
	process = subprocess.Popen(
		[sys.executable, str(Path(__file__).resolve()), url, desk.session.headers["Host"], form],
		stdout=subprocess.PIPE,
		text=True,
	)
	time.sleep(2)
	busy = []
	while process.poll() is None:
		busy.append(look())
		time.sleep(0.1)
	outcome = json.loads(process.stdout.read())
	frappe.db.rollback()
	return [*_figures(idle, _p95(busy), outcome), _cost(form)]


def _figures(idle: float, busy: float, outcome: dict) -> list:
	from common import Figure

	codes = " ".join(f"{code}: {number}" for code, number in sorted(outcome["codes"].items()))
	return [
		Figure(
			f"desk list p95 while forms get {outcome['rate']:.0f}/s (peer column: idle)",
			busy,
			idle,
			"ms",
			"< 2x",
			met=busy < 2 * idle,
			notes=codes,
		)
	]


def _cost(form: str):
	"""SQL statements of one submission that makes a lead; `peer` is a lead typed by hand."""
	from common import Figure, counted_statements, new_person

	import frappe

	from skycrm.services import form_capture

	person, typed = new_person(), new_person()
	checked = form_capture.check(
		form, form_capture.Sent({"lead_name": person.name, "mobile_no": person.phone})
	)
	user = frappe.session.user
	frappe.set_user("Guest")
	with counted_statements() as seen:
		form_capture.keep(checked)
	ours = len(seen)
	frappe.set_user(user)
	with counted_statements() as seen:
		frappe.get_doc({"doctype": "Sky Lead", "lead_name": typed.name, "mobile_no": typed.phone}).insert()
	peer = len(seen)
	frappe.db.rollback()
	return Figure("SQL statements per web form (peer column: typed lead)", ours, peer, "statements", "")


def _form() -> str:
	import frappe

	name = "flood-test"
	if not frappe.db.exists("Sky Web Form", name):
		frappe.get_doc(
			{
				"doctype": "Sky Web Form",
				"title": "Flood",
				"slug": name,
				"published": 1,
				"min_seconds": 0,
				"address_calls_per_minute": 30,
				"address_calls_per_hour": 1000,
			}
		).insert(ignore_permissions=True)
	frappe.db.commit()
	return name


def _p95(values: list[float]) -> float:
	return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
	flood(sys.argv[1], sys.argv[2], sys.argv[3], FLOOD_SECONDS, FLOOD_RATE)
