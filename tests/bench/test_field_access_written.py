"""What somebody sends for a field that is hidden from them is not taken.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import json

import field_access_secrets as secrets
import pytest
from field_access_secrets import ITEM, LEAD

import frappe


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


@pytest.mark.commits
def test_mass_assignment_of_hidden_fields_changes_nothing(rest_as, sold):
	person = rest_as(sold.person)
	columns = ("mobile_no", "birth_date", "tax_id", "phone_key")
	before = frappe.db.get_value(LEAD, sold.lead, columns)
	rows = frappe.db.get_value(ITEM, sold.row, ("rate", "amount"))
	values = {
		"mobile_no": "0900000001",
		"birth_date": "2001-01-01",
		"tax_id": "0100109106",
		"phone_key": "+84900000001",
	}
	person.put(f"/api/resource/{LEAD}/{sold.lead}", json=values)
	person.put(f"/api/v2/document/{LEAD}/{sold.lead}", json=values)
	person.call("frappe.client.set_value", doctype=LEAD, name=sold.lead, fieldname=json.dumps(values))
	person.call("frappe.client.set_value", doctype=ITEM, name=sold.row, fieldname="rate", value=1)
	person.call(
		"frappe.client.bulk_update", docs=json.dumps([{"doctype": LEAD, "docname": sold.lead, **values}])
	)
	form = frappe.get_doc(LEAD, sold.lead).as_dict() | values
	person.call("frappe.desk.form.save.savedocs", doc=frappe.as_json(form), action="Save")
	person.call(
		"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
		doctype=LEAD,
		docnames=json.dumps([sold.lead]),
		action="update",
		data=json.dumps(values),
	)
	frappe.db.rollback()
	assert frappe.db.get_value(LEAD, sold.lead, columns) == before
	assert frappe.db.get_value(ITEM, sold.row, ("rate", "amount")) == rows
