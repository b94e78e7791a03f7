"""The whole chain by HTTP alone, as another program drives it: lead, customer, offer, order, invoice, credit note.

What is submitted in ERPNext cannot be deleted again: it stays on the test site, under customers and items of its own.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import mobile

from frappe.utils import add_days, nowdate


class Caller:
	"""Documents over HTTP; every answer is checked, the document is what comes back."""

	def __init__(self, rest) -> None:
		self.rest = rest
		self.own = rest.message
		self.call = rest.message

	@staticmethod
	def _data(answer):
		assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:2000]}"
		return answer.json()["data"]

	def insert(self, doctype: str, **values):
		return self._data(self.rest.post(self.rest.resource(doctype), json=values))

	def get(self, doctype: str, name: str):
		return self._data(self.rest.get(self.rest.resource(doctype, name)))

	def put(self, doctype: str, name: str, **values):
		return self._data(self.rest.put(self.rest.resource(doctype, name), json=values))

	def mapped(self, method: str, source: str, **changes):
		"""A document from one of ERPNext's mapping methods, saved."""
		doc = self.call(method, source_name=source)
		for row in doc["items"]:
			row.update(changes.get("rows", {}))
		doc.update({key: value for key, value in changes.items() if key != "rows"})
		return self.call("frappe.client.insert", doc=doc)

	def deal(self, item_code: str) -> str:
		"""An opportunity of a new customer with one line."""
		customer = self.insert("Customer", customer_name=f"REST {uuid.uuid4().hex[:8]}")["name"]
		line = {"item_code": item_code, "qty": 1, "price_list_rate": 10_000, "rate": 10_000}
		return self.insert("Sky Opportunity", customer=customer, title="REST", items=[line])["name"]


@pytest.fixture
def client(rest) -> Caller:
	return Caller(rest)


@pytest.fixture
def service(client) -> str:
	"""An item of its own: ERPNext keeps the first price of an item as its list price."""
	code = f"REST-{uuid.uuid4().hex[:8]}"
	groups = client.rest.get('/api/resource/Item Group?filters=[["is_group","=",0]]&limit=1').json()["data"]
	client.insert("Item", item_code=code, item_group=groups[0]["name"], stock_uom="Nos", is_stock_item=0)
	return code


def test_from_lead_to_credit_note(client, service):
	number = mobile()
	lead = client.insert(
		"Sky Lead",
		lead_name="Nguyễn Văn An",
		organization=f"Công ty {number}",
		mobile_no=number,
		items=[{"item_code": service, "qty": 3}],
	)
	made = client.own("leads.convert", lead=lead["name"])
	opportunity = client.get("Sky Opportunity", made["opportunity"])
	line = opportunity["items"][0]
	assert (line["item_code"], line["qty"]) == (service, 3)
	client.put(
		"Sky Opportunity", opportunity["name"], items=[{**line, "price_list_rate": 150_000, "rate": 150_000}]
	)

	key = uuid.uuid4().hex
	name = client.own("opportunities.make_quotation", opportunity=opportunity["name"], idempotency_key=key)
	assert (
		client.own("opportunities.make_quotation", opportunity=opportunity["name"], idempotency_key=key)
		== name
	)
	quotation = client.get("Quotation", name)
	assert (quotation["docstatus"], quotation["net_total"]) == (0, 450_000)
	client.put("Quotation", name, docstatus=1)
	assert client.get("Sky Opportunity", opportunity["name"])["stage"] == "Proposal"
	moved = client.own("opportunities.move", opportunity=opportunity["name"], stage="Negotiation")
	assert (moved["stage"], moved["status"]) == ("Negotiation", "Open")

	due = add_days(nowdate(), 7)
	order = client.mapped(
		"erpnext.selling.doctype.quotation.quotation.make_sales_order",
		name,
		delivery_date=due,
		rows={"delivery_date": due},
	)
	assert order["sky_opportunity"] == opportunity["name"]
	order = client.call("frappe.client.submit", doc=order)
	won = client.get("Sky Opportunity", opportunity["name"])
	assert (won["stage"], won["status"]) == ("Won", "Won") and won["won_on"]

	invoice = client.mapped(
		"erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice", order["name"]
	)
	invoice = client.call("frappe.client.submit", doc=invoice)
	assert invoice["sky_opportunity"] == opportunity["name"]
	shown = client.own("opportunities.connections", opportunity=opportunity["name"])
	assert shown["revenue"] == 450_000
	assert {doctype: len(rows) for doctype, rows in shown["documents"].items() if rows} == {
		"Quotation": 1,
		"Sales Order": 1,
		"Sales Invoice": 1,
	}

	credit = client.mapped(
		"erpnext.accounts.doctype.sales_invoice.sales_invoice.make_sales_return", invoice["name"]
	)
	client.call("frappe.client.submit", doc=credit)
	assert client.own("opportunities.connections", opportunity=opportunity["name"])["revenue"] == 0

	# the invoice stands in the way of the order's cancel, as ever in ERPNext
	refused = client.rest.call("frappe.client.cancel", doctype="Sales Order", name=order["name"])
	assert refused.status_code == 417
	assert client.get("Sky Opportunity", opportunity["name"])["status"] == "Won"


def test_cancelling_the_order_by_rest_reopens(client, service):
	opportunity = client.deal(service)
	quotation = client.own("opportunities.make_quotation", opportunity=opportunity)
	client.put("Quotation", quotation, docstatus=1)
	due = add_days(nowdate(), 7)
	order = client.mapped(
		"erpnext.selling.doctype.quotation.quotation.make_sales_order",
		quotation,
		delivery_date=due,
		rows={"delivery_date": due},
	)
	client.call("frappe.client.submit", doc=order)
	client.call("frappe.client.cancel", doctype="Sales Order", name=order["name"])
	state = client.get("Sky Opportunity", opportunity)
	assert (state["stage"], state["status"]) == ("Proposal", "Open")


@pytest.mark.parametrize(
	("method", "body"),
	[
		("opportunities.make_quotation", {"opportunity": "SKY-OPP-1900-00001"}),
		("opportunities.move", {"opportunity": "SKY-OPP-1900-00001", "stage": "Won"}),
		("opportunities.connections", {"opportunity": "SKY-OPP-1900-00001"}),
		("opportunities.stock", {"opportunity": "SKY-OPP-1900-00001"}),
		("opportunities.purchase_history", {"customer": "Nobody at all"}),
	],
)
def test_what_is_not_there_is_a_404_and_a_guest_gets_a_403(rest, rest_as, method, body):
	assert rest.call(method, **body).status_code == 404
	assert rest_as("Guest").call(method, **body).status_code == 403


def test_an_unknown_stage_is_a_417_that_names_the_stages(client, service):
	customer = client.insert("Customer", customer_name=f"REST {uuid.uuid4().hex[:8]}")["name"]
	opportunity = client.insert("Sky Opportunity", customer=customer, title="REST")["name"]
	answer = client.rest.call("opportunities.move", opportunity=opportunity, stage="Dreaming")
	assert answer.status_code == 417
	assert "Prospecting" in answer.text
	answer = client.rest.call("opportunities.move", opportunity=opportunity, stage="Lost")
	assert answer.status_code == 417
	assert client.get("Sky Opportunity", opportunity)["stage"] == "Prospecting"
	client.rest.delete(client.rest.resource("Sky Opportunity", opportunity))
	client.rest.delete(client.rest.resource("Customer", customer))


def test_documents_submitted_at_once_all_go_through_and_move_the_opportunity_once(client, service):
	opportunity = client.deal(service)
	drafts = [client.own("opportunities.make_quotation", opportunity=opportunity) for _number in range(6)]

	def submit(name: str) -> int:
		return client.rest.put(client.rest.resource("Quotation", name), json={"docstatus": 1}).status_code

	with ThreadPoolExecutor(len(drafts)) as pool:
		assert list(pool.map(submit, drafts)) == [200] * len(drafts)
	state = client.get("Sky Opportunity", opportunity)
	assert (state["stage"], state["status"]) == ("Proposal", "Open")
	moves = client.rest.get(
		"/api/resource/Comment",
		params={
			"filters": f'[["reference_name","=","{opportunity}"],["comment_type","=","Info"]]',
			"fields": '["content"]',
		},
	).json()["data"]
	assert len([row for row in moves if "Proposal" in row["content"]]) == 1


def test_a_key_sent_at_once_from_several_places_makes_one_quotation(client, service):
	opportunity = client.deal(service)
	key = uuid.uuid4().hex

	def make(_number: int) -> str:
		return client.own("opportunities.make_quotation", opportunity=opportunity, idempotency_key=key)

	with ThreadPoolExecutor(8) as pool:
		assert len(set(pool.map(make, range(8)))) == 1
	documents = client.own("opportunities.connections", opportunity=opportunity)["documents"]
	assert len(documents["Quotation"]) == 1
