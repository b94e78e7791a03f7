"""Whoever gives or takes a right is in the audit log, whichever page, program or document does it."""

import json
import time
from collections.abc import Callable

import access_records
import factories
import people
import pytest
from audit_records import Ledger, report

import frappe

from skycrm.services import audit_rights

pytestmark = pytest.mark.commits

ADMIN = "rights-admin@example.com"
SELLER = "rights-seller@example.com"
PAGE = "frappe.core.page.permission_manager.permission_manager"
# The methods of ours behind the page, by their names
DOORS = (
	"role_permissions.add",
	"role_permissions.update",
	"role_permissions.remove",
	"role_permissions.reset",
)
DOCTYPE = "Sky Suppression"


@pytest.fixture
def ledger():
	people.only(ADMIN, "Sky CRM Admin", "System Manager")
	people.only(SELLER, "Sky Sales User")
	frappe.db.commit()
	return Ledger()


@pytest.fixture
def permissions(ledger):
	"""A DocType whose permissions may be changed; as it was, afterwards."""
	yield DOCTYPE
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.db.delete("Custom DocPerm", {"parent": DOCTYPE})
	frappe.db.delete("Property Setter", {"doc_type": DOCTYPE})
	frappe.db.commit()
	frappe.clear_cache(doctype=DOCTYPE)


def eventually(ask: Callable, status: int) -> None:
	for _try in range(40):
		response = ask()
		if response.status_code == status:
			return
		time.sleep(0.25)
	raise AssertionError(response.text[:800])


def rights(ledger: Ledger) -> list:
	return ledger.lines(action="Rights Changed")


class TestRolePermissions:
	def test_the_page_gives_and_takes(self, rest_as, ledger, permissions):
		client = rest_as(ADMIN)
		about = {"doctype": DOCTYPE, "role": "Sky Marketing Manager", "permlevel": 0}
		client.message(f"{PAGE}.update", **about, ptype="export", value=0)
		[line] = rights(ledger)
		assert (line.user, line.document_type, line.document_name) == (ADMIN, "DocType", DOCTYPE)
		# The framework copied every row of the DocType for this: nothing about those.
		assert line.details["permissions"] == [
			{"role": "Sky Marketing Manager", "level": 0, "if_owner": 0, "given": [], "taken": ["export"]}
		]
		client.message(f"{PAGE}.add", parent=DOCTYPE, role="Sky Sales User", permlevel=0)
		client.message(f"{PAGE}.remove", doctype=DOCTYPE, role="Sky Sales User", permlevel=0)
		client.message(f"{PAGE}.reset", doctype=DOCTYPE)
		said = [
			(row["permissions"][0]["role"], row["permissions"][0]["given"], row["permissions"][0]["taken"])
			for row in (line.details for line in rights(ledger)[1:])
		]
		assert said == [
			("Sky Sales User", ["read"], []),
			("Sky Sales User", [], ["read"]),
			("Sky Marketing Manager", ["export"], []),
		]
		[shown] = [row for row in report(action="Rights Changed", record=DOCTYPE) if row["name"] == line.name]
		assert shown["sentence"] == "Sky Marketing Manager may no longer: Export"

	def test_nobody_else_may_and_nothing_is_written(self, rest_as, ledger, permissions):
		for user in (SELLER, "Guest"):
			client = rest_as(user)
			for method, arguments in {
				"add": {"parent": DOCTYPE, "role": "Sky Sales User", "permlevel": 0},
				"update": {
					"doctype": DOCTYPE,
					"role": "Sky Sales User",
					"permlevel": 0,
					"ptype": "read",
					"value": 1,
				},
				"remove": {"doctype": DOCTYPE, "role": "Sky CRM Admin", "permlevel": 0},
				"reset": {"doctype": DOCTYPE},
			}.items():
				response = client.call(f"{PAGE}.{method}", **arguments)
				assert response.status_code == 403, (user, method, response.text[:300])
		assert rights(ledger) == []
		assert not frappe.db.exists("Custom DocPerm", {"parent": DOCTYPE})

	def test_a_row_made_as_a_document(self, rest_as, ledger, permissions):
		"""As pages of apps do it: the framework's copies first, then one row of its own, changed and deleted."""
		frappe.permissions.setup_custom_perms(DOCTYPE)
		frappe.db.commit()
		assert rights(ledger) == []
		client = rest_as("Administrator")
		made = client.post(
			client.resource("Custom DocPerm"),
			json={
				"parent": DOCTYPE,
				"parenttype": "DocType",
				"parentfield": "permissions",
				"role": "Sky Sales User",
				"permlevel": 1,
				"read": 1,
			},
		)
		assert made.status_code == 200, made.text[:500]
		path = client.resource("Custom DocPerm", made.json()["data"]["name"])
		assert client.put(path, json={"write": 1}).status_code == 200
		assert client.delete(path).status_code == 202
		said = [line.details["permissions"][0] for line in rights(ledger)]
		assert [(one["level"], one["given"], one["taken"]) for one in said] == [
			(1, ["read", "export"], []),
			(1, ["write"], []),
			(1, [], ["read", "write", "export"]),
		]


class TestFieldLevels:
	def test_a_property_setter(self, rest_as, ledger, permissions):
		client = rest_as(ADMIN)
		values = {
			"doctype_or_field": "DocField",
			"doc_type": DOCTYPE,
			"field_name": "reason",
			"property": "permlevel",
			"property_type": "Int",
		}
		for value in ("2", "3"):
			# A new one takes the place of the one before.
			made = client.post(client.resource("Property Setter"), json={**values, "value": value})
			assert made.status_code == 200, made.text[:500]
		client.delete(client.resource("Property Setter", made.json()["data"]["name"]))
		said = [line.details["properties"][0] for line in rights(ledger)]
		assert [(one["field"], one["before"], one["after"]) for one in said] == [
			("reason", "0", "2"),
			("reason", "2", "3"),
			("reason", "3", "0"),
		]

	def test_customize_form(self, ledger, permissions):
		frappe.set_user(ADMIN)
		for level in (2, 0):
			form = frappe.get_doc("Customize Form")
			form.doc_type = DOCTYPE
			form.fetch_to_customize()
			next(field for field in form.fields if field.fieldname == "reason").permlevel = level
			form.save_customization()
		frappe.set_user("Administrator")
		frappe.db.commit()
		said = [line.details["properties"] for line in rights(ledger)]
		assert said == [
			[{"field": "reason", "property": "permlevel", "before": None, "after": 2}],
			[{"field": "reason", "property": "permlevel", "before": 2, "after": None}],
		]

	def test_other_properties_and_other_apps_are_none_of_it(self, ledger, permissions):
		for doctype, prop in ((DOCTYPE, "label"), ("Customer", "permlevel")):
			doc = frappe.make_property_setter(
				{
					"doctype": doctype,
					"doctype_or_field": "DocField",
					"fieldname": "reason" if doctype == DOCTYPE else "website",
					"property": prop,
					"value": "1",
				}
			)
			frappe.db.commit()
		frappe.db.delete("Property Setter", {"doc_type": "Customer", "field_name": "website"})
		frappe.db.commit()
		frappe.clear_cache(doctype="Customer")
		assert doc is None or True
		assert rights(ledger) == []


class TestPeople:
	def test_roles_and_the_switch_of_a_user(self, rest_as, ledger):
		client = rest_as(ADMIN)
		name = access_records.user("Sky Sales User", label="rights")
		frappe.db.commit()
		path = client.resource("User", name)
		assert (
			client.put(
				path, json={"roles": [{"role": "Sky Sales User"}, {"role": "Sky Sales Manager"}]}
			).status_code
			== 200
		)
		[line] = rights(ledger)
		assert (line.user, line.document_type, line.document_name) == (ADMIN, "User", name)
		assert line.details["tables"] == [{"field": "roles", "added": ["Sky Sales Manager"], "removed": []}]
		client.put(path, json={"enabled": 0, "first_name": "An"})
		assert rights(ledger)[1].details["fields"] == [{"field": "enabled", "before": "1", "after": ""}]
		client.put(path, json={"first_name": "Bình"})
		assert len(rights(ledger)) == 2, "a name is no right"
		shown = [row["sentence"] for row in report(record=name)]
		assert shown[:2] == ["Enabled: Yes → No", "Roles Assigned: added Sky Sales Manager"]
		access_records.remove_users(name)

	def test_who_may_not_changes_nothing(self, rest_as, ledger):
		for user in (SELLER, "Guest"):
			client = rest_as(user)
			response = client.put(
				client.resource("User", SELLER), json={"roles": [{"role": "Sky CRM Admin"}]}
			)
			frappe.db.rollback()
			assert "Sky CRM Admin" not in frappe.get_roles(SELLER), response.text[:300]
		assert rights(ledger) == []

	@pytest.mark.parametrize(
		"doctype, made, changed, said",
		[
			("Role", {"role_name": "Rights Role", "desk_access": 1}, {"disabled": 1}, "disabled"),
			(
				"Role Profile",
				{"role_profile": factories.unique("Rights Profile"), "roles": [{"role": "Sky Sales User"}]},
				{"roles": [{"role": "Sky Sales Manager"}]},
				"Sky Sales Manager",
			),
			(
				"Module Profile",
				{
					"module_profile_name": factories.unique("Rights Modules"),
					"block_modules": [{"module": "Stock"}],
				},
				{"block_modules": [{"module": "Accounts"}]},
				"Accounts",
			),
		],
	)
	def test_documents_about_rights(self, rest_as, ledger, doctype, made, changed, said):
		client = rest_as("Administrator")
		response = client.post(client.resource(doctype), json=made)
		assert response.status_code == 200, response.text[:500]
		path = client.resource(doctype, response.json()["data"]["name"])
		# A worker has the profile locked for a moment, to bring it to the users who have it.
		eventually(lambda: client.put(path, json=changed), 200)
		eventually(lambda: client.delete(path), 202)
		lines = rights(ledger)
		assert [line.channel for line in lines] == ["Made", "Changed", "Deleted"]
		assert said in json.dumps(lines[1].details)

	def test_user_permissions(self, rest_as, ledger):
		client = rest_as("Administrator")
		made = client.post(
			client.resource("User Permission"),
			json={"user": SELLER, "allow": "Territory", "for_value": factories.leaf("Territory")},
		)
		assert made.status_code == 200, made.text[:500]
		client.delete(client.resource("User Permission", made.json()["data"]["name"]))
		assert [line.channel for line in rights(ledger)] == ["Made", "Deleted"]


class TestTheCrmsOwn:
	def test_teams_members_manager_and_place(self, rest_as, ledger):
		client = rest_as(ADMIN)
		parent, team = access_records.team(), access_records.team(members=(SELLER,))
		frappe.db.commit()
		ledger.__init__()
		path = client.resource("Sky Team", team)
		client.put(path, json={"members": [{"user": ADMIN, "role_in_team": "Manager"}]})
		client.put(path, json={"manager": SELLER, "parent_sky_team": parent})
		first, second = rights(ledger)
		assert first.details["tables"] == [
			{"field": "members", "added": [f"{ADMIN} · Manager"], "removed": [f"{SELLER} · Member"]}
		]
		assert {one["field"]: one["after"] for one in second.details["fields"]} == {
			"manager": SELLER,
			"parent_sky_team": parent,
		}
		for name in (team, parent):
			frappe.delete_doc("Sky Team", name, force=True)
		frappe.db.commit()

	def test_a_deputy(self, rest_as, ledger):
		client = rest_as(ADMIN)
		made = client.post(
			client.resource("Sky Absence"),
			json={
				"user": SELLER,
				"deputy": ADMIN,
				"from_date": "2030-01-01",
				"to_date": "2030-01-05",
			},
		)
		assert made.status_code == 200, made.text[:500]
		[line] = rights(ledger)
		assert {"field": "deputy", "before": "", "after": ADMIN} in line.details["fields"]
		client.delete(client.resource("Sky Absence", made.json()["data"]["name"]))

	def test_a_sharing_rule(self, rest_as, ledger):
		client = rest_as(ADMIN)
		made = client.post(
			client.resource("Sky Sharing Rule"),
			json={
				"title": "Cho Rights",
				"document_type": "Sky Lead",
				"access": "Read",
				"share_from_type": "User",
				"share_from": ADMIN,
				"share_to_type": "User",
				"share_to": SELLER,
			},
		)
		assert made.status_code == 200, made.text[:500]
		path = client.resource("Sky Sharing Rule", made.json()["data"]["name"])
		client.put(path, json={"access": "Write"})
		client.delete(path)
		made, changed, gone = rights(ledger)
		assert changed.details["fields"] == [{"field": "access", "before": "Read", "after": "Write"}]
		assert (made.channel, gone.channel) == ("Made", "Deleted")

	def test_default_access_and_the_limit_of_exports(self, rest_as, ledger):
		client = rest_as(ADMIN)
		before = client.get("/api/resource/Sky CRM Settings/Sky CRM Settings").json()["data"]
		rows = [
			{
				"document_type": row["document_type"],
				"access": "Private" if row["document_type"] == "Sky Lead" else row["access"],
			}
			for row in before["access_defaults"]
		]
		path = "/api/resource/Sky CRM Settings/Sky CRM Settings"
		assert client.put(path, json={"access_defaults": rows, "max_export_rows": 7}).status_code == 200
		[line] = rights(ledger)
		assert line.details["tables"][0]["added"] == ["Sky Lead · Private"]
		assert line.details["fields"] == [
			{"field": "max_export_rows", "before": str(before["max_export_rows"]), "after": "7"}
		]
		client.put(
			path,
			json={
				"access_defaults": [
					{"document_type": row["document_type"], "access": row["access"]}
					for row in before["access_defaults"]
				],
				"max_export_rows": before["max_export_rows"],
			},
		)
		client.put(path, json={"hot_from": before["hot_from"]})
		assert len(rights(ledger)) == 2, "other settings are no rights"

	def test_who_may_not_changes_no_rights(self, rest_as, ledger):
		client = rest_as(SELLER)
		assert (
			client.put(
				"/api/resource/Sky CRM Settings/Sky CRM Settings", json={"max_export_rows": 0}
			).status_code
			== 403
		)
		assert rights(ledger) == []

	def test_what_an_update_of_the_app_does_nobody_did(self, ledger):
		frappe.flags.in_migrate = True
		try:
			doc = frappe.get_doc({"doctype": "Role", "role_name": "Rights Migrated"}).insert()
			doc.delete()
		finally:
			frappe.flags.in_migrate = False
		frappe.db.commit()
		assert rights(ledger) == []
		assert audit_rights.is_heard()
