"""Every dotted path of hooks and patches resolves, patches can run again, and the versions agree with pyproject."""

import ast
import re

import pytest

import frappe
from frappe.modules.patch_handler import get_patches_from_app

from skycrm import hooks
from skycrm.setup import fixtures, version_check

DOTTED = re.compile(r"skycrm(\.\w+)+")


def dotted_paths() -> list[str]:
	found: set[str] = set()

	def walk(value) -> None:
		if isinstance(value, dict):
			for key, inner in value.items():
				walk(key)
				walk(inner)
		elif isinstance(value, list | tuple):
			for inner in value:
				walk(inner)
		elif isinstance(value, str) and DOTTED.fullmatch(value):
			found.add(value)

	for name, value in vars(hooks).items():
		if not name.startswith("_"):
			walk(value)
	return sorted(found)


@pytest.mark.parametrize("path", dotted_paths())
def test_every_hook_resolves(path):
	assert callable(frappe.get_attr(path))


def test_hooks_hold_no_code():
	tree = ast.parse(open(hooks.__file__, encoding="utf-8").read())
	assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Call | ast.Import)]


def test_every_patch_resolves_and_says_why():
	patches = get_patches_from_app("skycrm")
	assert patches
	for patch in patches:
		module = frappe.get_module(patch.split(maxsplit=1)[0])
		assert module.__doc__ and callable(module.execute), patch


def test_patches_are_done_on_a_fresh_site():
	logged = set(frappe.get_all("Patch Log", {"patch": ("like", "skycrm.%")}, pluck="patch"))
	assert set(get_patches_from_app("skycrm")) <= logged


def test_patches_run_again_without_harm():
	before = {
		doctype: frappe.db.count(doctype)
		for doctype in (
			"Workflow",
			"Role",
			"Role Profile",
			"List Filter",
			"Sky Sales Stage",
			"Sky Team",
			"Custom Field",
		)
	}
	for patch in get_patches_from_app("skycrm"):
		frappe.get_attr(f"{patch.split(maxsplit=1)[0]}.execute")()
	assert {doctype: frappe.db.count(doctype) for doctype in before} == before


def test_the_version_limits_agree_with_pyproject(site):
	import tomllib

	text = (site.checkout / "apps" / "skycrm" / "pyproject.toml").read_text(encoding="utf-8")
	wanted = tomllib.loads(text)["tool"]["bench"]["frappe-dependencies"]
	assert wanted == {
		app: f">={'.'.join(map(str, first))},<{'.'.join(map(str, limit))}"
		for app, (first, limit) in version_check.SUPPORTED.items()
	}


@pytest.mark.parametrize(
	("version", "fits"),
	[
		("15.40.0", True),
		("15.101.1", True),
		("15.39.9", False),
		("16.0.0", False),
		("16.0.0-dev", False),
		("14.99.0", False),
	],
)
def test_which_versions_fit(version, fits):
	assert version_check.is_supported(version, *version_check.SUPPORTED["frappe"]) is fits


def test_a_wrong_version_stops_install_and_migrate_with_the_way_out(monkeypatch):
	monkeypatch.setattr(frappe, "__version__", "16.1.0")
	with pytest.raises(
		version_check.UnsupportedVersionError, match=r"frappe.*15\.40\.0.*16\.1\.0.*version-15"
	):
		version_check.check()


@pytest.mark.parametrize("doctype", ["Role", "Sky Lead Source", "Sky Lost Reason"])
def test_the_export_of_fixtures_is_filtered_to_what_is_shipped(doctype):
	entry = next(entry for entry in hooks.fixtures if entry["dt"] == doctype)
	assert entry["filters"] == [["name", "in", [record["name"] for record in fixtures.read(doctype)]]]


def test_fixtures_hold_only_plain_static_records(site):
	files = {path.stem for path in (site.checkout / "apps/skycrm/skycrm/fixtures").glob("*.json")}
	assert files == {frappe.scrub(entry["dt"]) for entry in hooks.fixtures}
	assert files <= {"role", "sky_lead_source", "sky_lost_reason"}


def test_open_requests_from_before_files_were_searched_are_looked_at_again():
	"""What was only looked at waits for another look; what was begun does all steps; what is of today stays."""

	def request(status: str, memory: dict | None, step: int = 0) -> str:
		name = frappe.get_doc(
			{
				"doctype": "Sky Personal Data Request",
				"kind": "Erasure",
				"reason": "-",
				"email_id": "a@example.com",
			}
		).insert()
		values = {"status": status, "step": step, "memory": frappe.as_json(memory) if memory else None}
		frappe.db.set_value("Sky Personal Data Request", name.name, values)
		return name.name

	def state(name: str) -> tuple:
		return frappe.db.get_value("Sky Personal Data Request", name, ["status", "step", "log"])

	seen, begun = request("Previewed", None), request("Running", {"subject": {}}, 5)
	today = request("Previewed", {"search": {}}), request("Failed", {"subject": {}, "files": []}, 5)
	before = [state(name) for name in today]
	for _again in range(2):
		frappe.get_attr("skycrm.patches.v1_0.look_at_personal_data_again.execute")()
	assert state(seen)[0] == "Draft" and state(seen)[2].count("choose Preview again") == 1
	assert state(begun)[:2] == ("Running", 0) and state(begun)[2].count("make another request") == 1
	assert [state(name) for name in today] == before
