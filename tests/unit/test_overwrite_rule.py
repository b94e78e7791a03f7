"""Which write goes over whose change."""

from datetime import datetime

from skycrm.domain.overwrites import Change, Overwrite, fields_of, overwritten


def change(user, minute, *fields):
	return Change(user, datetime(2026, 1, 1, 8, minute), frozenset(fields))


def test_a_field_that_somebody_else_changed_last_is_overwritten():
	changes = [change("b", 20, "status"), change("a", 10, "city"), change("c", 5, "city", "job_title")]
	assert overwritten("a", ["city", "status", "job_title", "email_id"], changes) == [
		Overwrite("status", "b", datetime(2026, 1, 1, 8, 20)),
		Overwrite("job_title", "c", datetime(2026, 1, 1, 8, 5)),
	]
	assert overwritten("a", [], changes) == overwritten("a", ["city"], []) == []


def test_names_out_of_a_version():
	diff = {
		"changed": [["city", "a", "b"], ["status", 1, 2]],
		"added": [["items", {}]],
		"removed": None,
		"row_changed": [["items", "x", 0, []]],
	}
	assert fields_of(diff) == ["city", "status", "items"]
	assert fields_of(None) == fields_of({}) == []
