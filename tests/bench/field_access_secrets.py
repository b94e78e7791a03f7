"""For the tests of hidden fields: somebody of sales, and records that hold what is hidden from them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import access_records as make
import field_access_records as page
from factories import make_item, mobile
from field_access_records import SELLER

import frappe

from skycrm.overrides import query_guard
from skycrm.permissions import facts

LEAD, DEAL, ITEM = "Sky Lead", "Sky Opportunity", "Sky Opportunity Item"
RATE = 7654320
MONEY = ("amount", "base_amount", "weighted_amount")
HIDDEN = {
	LEAD: ("mobile_no", "phone", "tax_id", "birth_date"),
	DEAL: (*MONEY, *(f"{ITEM}.{name}" for name in ("price_list_rate", "rate", "amount"))),
}
BIRTH = "1987-06-05"


@contextmanager
def sold() -> Iterator[SimpleNamespace]:
	"""Somebody of sales, their lead and their opportunity, with what is hidden in them; committed."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	person = make.user(SELLER, "Sales User", "Report Manager", "Desk User", label="fields")
	number = mobile()
	lead = make.lead(lead_owner=person, mobile_no=number, birth_date=BIRTH, city="Huế")
	deal = make.opportunity(
		opportunity_owner=person,
		items=[{"item_code": make_item("SKY-FIELD-ITEM"), "qty": 1, "rate": RATE, "price_list_rate": RATE}],
	)
	# A history with the old and the new value, which the framework keeps in tests only when asked to
	deal.items[0].rate = RATE * 0.9
	deal.save(ignore_version=False)
	lead.mobile_no = mobile()
	lead.save(ignore_version=False)
	assert frappe.db.exists("Version", {"docname": lead.name}) and frappe.db.exists(
		"Version", {"docname": deal.name}
	)
	frappe.db.commit()
	found = SimpleNamespace(person=person, lead=lead.name, deal=deal.name, row=deal.items[0].name)
	# 10 % less: a rate that stays as it is
	money = {int(value) for value in (RATE, deal.amount, deal.items[0].rate)}
	assert len(money) == 2 and deal.amount > 1_000_000
	found.amount = str(int(deal.amount))
	found.secrets = [number[1:], lead.mobile_no[-9:], BIRTH, "05-06-1987"]
	found.secrets += [text.format(value) for value in money for text in ("{}", "{:,}")]
	found.secrets += [f"{value:,}".replace(",", ".") for value in money]
	with page.hidden(HIDDEN):
		yield found
	frappe.set_user("Administrator")
	for doctype, name in ((DEAL, deal.name), (LEAD, lead.name)):
		frappe.delete_doc(doctype, name, force=True)
		frappe.db.delete("Version", {"ref_doctype": doctype, "docname": name})
	make.remove_users(person)


def parameters(**arguments) -> dict:
	return {
		key: json.dumps(value) if isinstance(value, list | dict) else value
		for key, value in arguments.items()
	}


class Asked:
	"""A request as the guard sees it."""

	def __init__(self, path: str, method: str = "POST") -> None:
		self.path, self.method = path, method


@contextmanager
def asking_as(person: str) -> Iterator[Callable[..., None]]:
	"""Signed in as somebody, with a request of theirs, which the conftest takes away again."""
	frappe.db.rollback()
	facts.forget()

	def ask(**arguments):
		frappe.local.request = Asked("/api/method/frappe.client.get_list")
		frappe.local.form_dict = frappe._dict(arguments)
		query_guard.check_request()

	with make.acting_as(person):
		facts.forget()
		yield ask
	facts.forget()
