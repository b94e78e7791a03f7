"""Which records a request names: by path, by the words of the framework's methods, inside JSON; and which it only wishes for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.named_records import WORDS, named_in_arguments, named_in_path

LEAD, DEAL, MERGE = "Sky Lead", "Sky Opportunity", "Sky Lead Merge"
OURS = frozenset({LEAD, DEAL, MERGE})
PATH = "some.app.method"


@pytest.mark.parametrize(
	("path", "named"),
	[
		("/api/resource/Sky Lead/L-1", (LEAD, "L-1")),
		("/api/resource/Sky%20Lead/L-1/", (LEAD, "L-1")),
		("/api/resource/Sky Lead/with/slashes", (LEAD, "with/slashes")),
		("/api/v1/resource/Sky Lead/L-1", (LEAD, "L-1")),
		("/api/v2/document/Sky Lead/L-1", (LEAD, "L-1")),
		("/api/v2/document/Sky Lead/L-1/copy", (LEAD, "L-1")),
		("/api/v2/document/Sky Lead/L-1/method/submit/", (LEAD, "L-1")),
		("/api/v2/document/Sky Lead/copy", (LEAD, "copy")),
		("/api/resource/Sky Lead", None),
		("/api/resource/Customer/L-1", None),
		("ping", None),
		("/app/sky-lead/L-1", None),
		("/", None),
	],
)
def test_in_a_path(path, named):
	assert named_in_path(path, OURS) == named


@pytest.mark.parametrize(
	("arguments", "names"),
	[
		({"doctype": LEAD, "name": "L-1"}, {"L-1"}),
		({"doctype": LEAD, "names": '["L-1", "L-2"]'}, {"L-1", "L-2"}),
		({"doctype": LEAD, "docnames": ["L-1", 7]}, {"L-1", "7"}),
		({"dt": LEAD, "dn": "L-1", "tag": "hot"}, {"L-1"}),
		({"doc": LEAD, "name": "L-1"}, {"L-1"}),
		({"doctype": LEAD, "old": "L-1", "new": "L-9"}, {"L-1"}),
		({"doc": json.dumps({"doctype": "ToDo", "name": "T-1", "reference_type": LEAD, "reference_name": "L-1"})}, {"L-1"}),
		({"docs": json.dumps([{"doctype": LEAD, "name": "L-1", "items": [{"parenttype": LEAD, "parent": "L-2"}]}])}, {"L-1", "L-2"}),
		({"args": {"deep": [{"share_doctype": LEAD, "share_name": "L-1"}]}}, {"L-1"}),
		({"doctype": LEAD, "name": None}, set()),
		({"doctype": LEAD, "filters": '{"name": "L-1"}'}, set()),
		({"doctype": "Customer", "name": "L-1"}, set()),
		({"docs": json.dumps({"doctype": LEAD, "name": "new-sky-lead-x", "__islocal": 1})}, set()),
		({"docs": json.dumps({"doctype": LEAD, "name": "wish", "__islocal": 1, "amended_from": "L-3"})}, set()),
		({"doctype": LEAD, "names": "[broken"}, set()),
		({"doctype": [LEAD], "name": "L-1"}, set()),
		({"doc": "{broken Sky Lead"}, set()),
		({"lead": "L-1"}, set()),
		({"doctype": LEAD, "name": "L-1", "items": '["Sky Campaign Recipient"]'}, {"L-1"}),
		({"doctype": LEAD, "name": "new"}, set()),
		({"doc": json.dumps({"doctype": "Number Card", "name": "Hot Leads", "document_type": LEAD})}, set()),
		({"doctype": "Kanban Board", "name": "By Stage", "reference_doctype": LEAD}, set()),
		({"doctype": "Version", "name": "V-1", "ref_doctype": LEAD, "docname": "L-1"}, {"L-1"}),
		({"document_type": LEAD, "document_name": "L-1"}, {"L-1"}),
		# As the database compares, and as JSON may be written.
		({"ref_doctype": "sky lead", "ref_docname": "L-1"}, {"L-1"}),
		({"ref_doctype": "Sky Lead  ", "ref_docname": "L-1"}, {"L-1"}),
		({"ref_doctype": "Ský Léad", "ref_docname": "L-1"}, {"L-1"}),
		({"ref_doctype": "Sky\u200b Lead", "ref_docname": "L-1"}, {"L-1"}),
		({"ref_doctype": "\uff33ky Lead", "ref_docname": "L-1"}, {"L-1"}),
		({"doctype": '"Sky Lead"', "name": '"L-1"'}, {"L-1"}),
		({"args": '{"doctype": "Sky\\u0020Lead", "name": "L-1"}'}, {"L-1"}),
		({"args": ' [{"doctype": "Sky Lead", "name": "L-1"}]'}, {"L-1"}),
		# What stands beside the arguments of a method does not make a new document out of them.
		({"doctype": LEAD, "name": "L-1", "__islocal": 1}, {"L-1"}),
		({"dt": LEAD, "name": "L-1", "doctype": "Number Card"}, {"L-1"}),
	],
)  # fmt: skip
def test_in_arguments(arguments, names):
	assert named_in_arguments(PATH, arguments, OURS) == {(LEAD, name) for name in names}


def test_the_words_of_this_app_s_own_methods():
	path = "skycrm.api.v1.leads.convert"
	asked = {
		"lead": "L-1",
		"opportunity": "O-1",
		"ledger": "M-1",
		"leads": ["L-7"],
		"primary": "L-2",
	}
	assert named_in_arguments(path, asked, OURS) == {
		(LEAD, "L-1"), (LEAD, "L-2"), (DEAL, "O-1"), (MERGE, "M-1")
	}  # fmt: skip


@pytest.mark.parametrize("method", ["frappe.client.insert", "frappe.client.insert_many"])
def test_what_is_about_to_be_made_is_a_wish_but_what_it_points_to_is_not(method):
	made = {
		"doctype": LEAD,
		"name": "L-1",
		"reference_type": LEAD,
		"reference_name": "L-2",
	}
	for arguments in (
		{"doc": made},
		{"docs": json.dumps([made])},
		{"doc": json.dumps(made)},
	):
		assert named_in_arguments(f"{method}", arguments, OURS) == {(LEAD, "L-2")}


def test_records_that_are_deleted_from_a_list():
	path = "frappe.desk.reportview.delete_items"
	assert named_in_arguments(path, {"doctype": LEAD, "items": '["L-1"]'}, OURS) == {(LEAD, "L-1")}
	assert named_in_arguments(path, {"doctype": ["x"], "items": '["L-1"]'}, OURS) == set()


def test_a_report_that_is_saved_about_leads_has_a_name_of_its_own():
	path = "frappe.desk.reportview.save_report"
	assert (
		named_in_arguments(path, {"doctype": LEAD, "name": "Hot leads", "report_settings": "{}"}, OURS)
		== set()
	)


@given(
	st.recursive(
		st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([LEAD, "L-1", "[", "{", "name", "doctype"]),
		lambda inside: st.lists(inside) | st.dictionaries(st.sampled_from([*WORDS, "name", "dn", "docs"]) | st.text(), inside),
		max_leaves=20,
	)
)  # fmt: skip
def test_nothing_that_can_be_sent_breaks_it(value):
	arguments = value if isinstance(value, dict) else {"x": value, "y": json.dumps(value)}
	for doctype, name in named_in_arguments(PATH, arguments, OURS):
		assert doctype in OURS and isinstance(name, str) and name
