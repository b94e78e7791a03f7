"""Who took which lead of the fair out of the pool, and what became of it: claims of each end, and reaches that came late."""

from datetime import datetime, timedelta

import frappe

from skycrm.api.v1 import leads as leads_api
from skycrm.demo import backdate, fair
from skycrm.demo.people import SOUTH
from skycrm.jobs.claims import note_refusal
from skycrm.services import claim_sweep, handing_on

LAN, MINH, TRANG = "lan.nguyen@saoviet.example", "minh.tran@saoviet.example", "trang.pham@saoviet.example"
LEAD, CLAIM = "Sky Lead", "Sky Claim"


def make(now: datetime) -> None:
	"""A few days of claims.

	Args:
		now: the moment at which the demo is loaded.
	"""
	found = fair.leads_of_the_fair()
	south = frappe.get_all(
		LEAD, {"source": "Facebook", "team": SOUTH, "lead_owner": ("is", "not set")}, pluck="name"
	)
	claim(MINH, found[:6])
	claim(LAN, found[6:8])
	claim(TRANG, south[:2])
	_shift(found[:8] + south[:2], now)
	for lead, user, hours in (
		*((lead, MINH, 3) for lead in found[:3]),
		(found[6], LAN, 26),
		(south[0], TRANG, 5),
	):
		contact(lead, user, now - timedelta(days=4) + timedelta(hours=hours))
	convert(MINH, found[0])
	give_back(MINH, found[3])
	hand_on(MINH, found[4], TRANG)
	expire(found[5], now)
	# Two reached for a lead a moment after Minh had it.
	for lead, user in ((found[0], LAN), (found[1], LAN), (south[0], MINH)):
		note_refusal(lead, user, str(now - timedelta(days=3, minutes=55)))


def claim(user: str, leads: list[str]) -> None:
	"""As the button does it."""
	frappe.set_user(user)
	for lead in leads:
		leads_api.claim(lead=lead)


def contact(lead: str, user: str, moment: datetime) -> None:
	"""The owner calls, and says so by the status."""
	frappe.set_user(user)
	doc = frappe.get_doc(LEAD, lead)
	doc.status = "Contacted"
	doc.save()
	doc.add_comment("Comment", "Đã gọi, khách hẹn gửi danh sách cần báo giá.")
	backdate.write(CLAIM, "first_contact_on", {_open_claim(lead): moment})


def convert(user: str, lead: str) -> None:
	"""The best of them becomes a customer within days."""
	frappe.set_user(user)
	doc = frappe.get_doc(LEAD, lead)
	doc.status = "Qualified"
	doc.append("items", {"item_code": "GHE-01", "qty": 30})
	doc.save()
	leads_api.convert(lead=lead)


def give_back(user: str, lead: str) -> None:
	frappe.set_user(user)
	leads_api.release(lead=lead)


def hand_on(user: str, lead: str, to: str) -> None:
	frappe.set_user(user)
	handing_on.hand_on(lead, to, "Khách có chi nhánh ở miền Nam, nhờ Trang chăm sóc tiếp.")


def expire(lead: str, now: datetime) -> None:
	"""Nobody worked on this one, and its time ran out last night: back to the pool by the sweep."""
	frappe.set_user("Administrator")
	until = (now - timedelta(hours=14)).replace(microsecond=0)
	backdate.write(LEAD, "held_until", {lead: until})
	backdate.write(CLAIM, "held_until", {_open_claim(lead): until})
	claim_sweep.return_expired(now)


def _open_claim(lead: str) -> str:
	return frappe.db.get_value(CLAIM, {"lead": lead, "ended_on": ("is", "not set")})


def _shift(leads: list[str], now: datetime) -> None:
	"""The claims were made four days ago, a few minutes apart."""
	names = dict(frappe.get_all(CLAIM, {"lead": ("in", leads)}, ["lead", "name"], as_list=True))
	backdate.write(
		CLAIM,
		"claimed_on",
		{names[lead]: now - timedelta(days=4, minutes=-7 * place) for place, lead in enumerate(leads)},
	)
