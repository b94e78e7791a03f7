"""domain/answer_words.py: hidden fields go out of records, rows and histories, and nothing else does."""

import json

from skycrm.domain.answer_words import without

HIDDEN = {"Deal": frozenset({"amount"}), "Deal Item": frozenset({"rate"})}


def test_records_and_their_rows_anywhere_in_an_answer():
	deal = {
		"doctype": "Deal",
		"name": "D1",
		"amount": 5,
		"items": [{"doctype": "Deal Item", "rate": 2, "qty": 1}],
	}
	answer = {"docs": [deal], "message": {"doctype": "Deal", "amount": 5, "note": {"amount": 7}}, "amount": 9}
	assert without(answer, HIDDEN) == {
		"docs": [{"doctype": "Deal", "name": "D1", "items": [{"doctype": "Deal Item", "qty": 1}]}],
		"message": {"doctype": "Deal", "note": {"amount": 7}},
		"amount": 9,
	}
	assert without({"rows": [{"amount": 1, "name": "x"}]}, {}, frozenset({"amount"})) == {
		"rows": [{"name": "x"}]
	}


def test_other_records_stay_as_they_are():
	answer = {"doctype": "Quotation", "amount": 5, "versions": [{"data": '{"changed": [["amount", 1, 2]]}'}]}
	assert without(answer, HIDDEN) == answer


def test_the_history_of_a_record():
	data = {
		"changed": [["amount", 1, 2], ["stage", "a", "b"]],
		"added": [["items", {"rate": 2, "qty": 1}]],
		"removed": [["items", {"rate": 3, "qty": 2}]],
		"row_changed": [
			["items", 0, "r1", [["rate", 1, 2], ["qty", 1, 3]]],
			["items", 1, "r2", [["rate", 1, 2]]],
		],
		"comment": "x",
	}
	docinfo = {
		"doctype": "Deal",
		"versions": [{"name": "v", "data": json.dumps(data)}, {"name": "w", "data": "no JSON"}, "?"],
	}
	first, broken, strange = without(docinfo, HIDDEN)["versions"]
	assert json.loads(first["data"]) == {
		"changed": [["stage", "a", "b"]],
		"added": [["items", {"qty": 1}]],
		"removed": [["items", {"qty": 2}]],
		"row_changed": [["items", 0, "r1", [["qty", 1, 3]]]],
		"comment": "x",
	}
	assert broken == {"name": "w", "data": "{}"} and strange == "?"


def test_a_hidden_table_has_no_history():
	data = {
		"changed": [],
		"added": [["items", {"qty": 1}]],
		"row_changed": [["items", 0, "r", [["qty", 1, 2]]]],
	}
	docinfo = {"doctype": "Deal", "versions": [{"data": json.dumps(data)}]}
	told = json.loads(without(docinfo, {"Deal": frozenset({"items"})})["versions"][0]["data"])
	assert told["added"] == [] and told["row_changed"] == []
