"""An admin changes what the app brought, migrates for real, and finds every change as it was."""

import subprocess
from collections.abc import Iterator

import pytest

import frappe

from skycrm.setup import fixtures, roles

pytestmark = pytest.mark.commits

LEAD = "Sky Lead Qualification"


def migrate(site) -> None:
	"""`bench migrate`, in a process of its own as an admin runs it."""
	done = subprocess.run(
		[
			str(site.bench / "env" / "bin" / "python"),
			"-m",
			"frappe.utils.bench_helper",
			"frappe",
			"--site",
			site.name,
			"migrate",
			"--skip-search-index",
		],
		cwd=site.bench / "sites",
		capture_output=True,
		text=True,
		timeout=600,
		check=False,
	)
	assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
	frappe.db.commit()
	frappe.clear_cache()


def workflow() -> tuple:
	doc = frappe.get_doc("Workflow", LEAD)
	return (
		doc.is_active,
		str(doc.modified),
		[(row.name, row.state, row.allow_edit) for row in doc.states],
		[(row.name, row.state, row.action, row.next_state, row.allowed) for row in doc.transitions],
	)


def whole(doctype: str, name: str) -> dict:
	return {
		key: str(value)
		for key, value in frappe.get_doc(doctype, name).as_dict().items()
		# The framework writes the date of the fixture.
		if key not in ("modified", "modified_by")
	}


@pytest.fixture(scope="module")
def edited(site) -> Iterator[dict]:
	"""Change everything that a migrate could overwrite, migrate once, and give what it looked like before."""
	frappe.set_user("Administrator")
	kept = {
		"workflow": frappe.get_doc("Workflow", LEAD).as_dict(),
		"threshold": frappe.db.get_single_value("Sky CRM Settings", "discount_approval_threshold"),
		"profile": [row.role for row in frappe.get_doc("Role Profile", "Sky Support").roles],
	}

	doc = frappe.get_doc("Workflow", LEAD)
	doc.transitions = [row for row in doc.transitions if row.action != "Nurture"]
	doc.transitions[0].allowed = "Sales Manager"
	doc.save()
	frappe.db.set_value("Role", "Sky Support Agent", {"two_factor_auth": 1, "home_page": "/app/sky-issue"})
	frappe.db.set_value("Sky Lead Source", "Zalo", {"description": "Zalo OA của công ty", "enabled": 0})
	frappe.rename_doc("Sky Lead Source", "Trade Fair", "Hội chợ")
	frappe.delete_doc("Sky Lead Source", "Cold Call")
	frappe.delete_doc("Sky Lost Reason", "Duplicate")
	frappe.db.set_value("Sky Sales Stage", "Negotiation", "probability", 80)
	profile = frappe.get_doc("Role Profile", "Sky Support")
	profile.roles = profile.roles[:1]
	profile.save()
	frappe.db.set_single_value("Sky CRM Settings", "discount_approval_threshold", 17)
	filter_name = frappe.get_all("List Filter", {"reference_doctype": "Sky Lead"}, pluck="name")[0]
	frappe.delete_doc("List Filter", filter_name)
	frappe.db.commit()
	before = {
		"workflow": workflow(),
		"role": whole("Role", "Sky Support Agent"),
		"source": whole("Sky Lead Source", "Zalo"),
		"filters": sorted(frappe.get_all("List Filter", pluck="name")),
	}
	migrate(site)
	yield before

	frappe.set_user("Administrator")
	doc = frappe.get_doc("Workflow", LEAD)
	doc.transitions = []
	for row in kept["workflow"].transitions:
		doc.append("transitions", {key: row[key] for key in ("state", "action", "next_state", "allowed")})
	doc.save()
	frappe.db.set_value("Role", "Sky Support Agent", {"two_factor_auth": 0, "home_page": None})
	frappe.rename_doc("Sky Lead Source", "Hội chợ", "Trade Fair")
	frappe.db.set_value("Sky Lead Source", "Zalo", "enabled", 1)
	frappe.get_doc({"doctype": "Sky Lead Source", "source_name": "Cold Call"}).insert()
	frappe.get_doc({"doctype": "Sky Lost Reason", "reason": "Duplicate"}).insert()
	frappe.db.set_value("Sky Sales Stage", "Negotiation", "probability", 75)
	profile = frappe.get_doc("Role Profile", "Sky Support")
	profile.roles = []
	for role in kept["profile"]:
		profile.append("roles", {"role": role})
	profile.save()
	frappe.db.set_single_value("Sky CRM Settings", "discount_approval_threshold", kept["threshold"])
	frappe.db.commit()


def test_the_workflow_is_as_the_admin_left_it(edited):
	assert workflow() == edited["workflow"]


def test_a_role_keeps_what_the_admin_set(edited):
	assert whole("Role", "Sky Support Agent") == edited["role"]


def test_users_keep_their_roles(edited):
	assert frappe.get_all("Role", {"name": ("in", roles.ROLES)}, pluck="name")


def test_a_lead_source_keeps_what_the_admin_wrote(edited):
	assert whole("Sky Lead Source", "Zalo") == edited["source"]


@pytest.mark.parametrize(
	("doctype", "name"),
	[("Sky Lead Source", "Trade Fair"), ("Sky Lead Source", "Cold Call"), ("Sky Lost Reason", "Duplicate")],
)
def test_what_the_admin_deleted_or_renamed_is_not_brought_back(edited, doctype, name):
	assert not frappe.db.exists(doctype, name)


def test_a_renamed_source_is_there_under_its_new_name(edited):
	assert frappe.db.exists("Sky Lead Source", "Hội chợ")


def test_stages_profiles_settings_and_filters_stay(edited):
	assert frappe.db.get_value("Sky Sales Stage", "Negotiation", "probability") == 80
	assert len(frappe.get_doc("Role Profile", "Sky Support").roles) == 1
	assert frappe.db.get_single_value("Sky CRM Settings", "discount_approval_threshold") == 17
	assert sorted(frappe.get_all("List Filter", pluck="name")) == edited["filters"]


def test_what_was_brought_back_by_a_broken_migrate_goes_and_what_the_admin_made_again_stays(edited):
	"""A migrate that broke off leaves the record as shipped; one made by hand has a date of its own."""
	record = next(row for row in fixtures.read("Sky Lead Source") if row["name"] == "Cold Call")
	frappe.get_doc({**record, "doctype": "Sky Lead Source"}).insert()
	frappe.db.set_value("Sky Lead Source", "Cold Call", "modified", record["modified"], update_modified=False)
	fixtures.note_deletions()
	fixtures.drop_deleted()
	assert not frappe.db.exists("Sky Lead Source", "Cold Call")
	frappe.get_doc({"doctype": "Sky Lead Source", "source_name": "Cold Call"}).insert()
	fixtures.note_deletions()
	fixtures.drop_deleted()
	assert frappe.db.exists("Sky Lead Source", "Cold Call")
	frappe.db.rollback()
