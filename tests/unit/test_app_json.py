"""Static checks of the app's files: what a site would refuse at install time is found without one."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
MODULE = APP / "skycrm"
MODULES = [line for line in (APP / "modules.txt").read_text("utf-8").splitlines() if line.strip()]

# DocTypes of frappe and ERPNext 15 that records of this app may link to
KNOWN_DOCTYPES = set(
	"""Account|Activity Log|Address|Address Template|Bin|Campaign|Comment|Communication|Company|Competitor|Contact|
	Country|Coupon Code|Currency|Customer|Customer Group|Delivery Note|DocField|DocType|Email Account|Email Group|Email Template|
	Employee|Event|File|Gender|Has Role|Holiday List|Industry Type|Issue Priority|Issue Type|Item|Item Group|
	Item Price|Language|Lead|Letter Head|Mode of Payment|Module Def|Notification|Opportunity|Payment Terms Template|
	Price List|Pricing Rule|Print Format|Project|Purchase Order|Quotation|Report|Role|Role Profile|Sales Invoice|
	Sales Order|Sales Person|Sales Taxes and Charges|Sales Taxes and Charges Template|Salutation|Serial No|
	Service Level Agreement|Service Level Priority|Supplier|Supplier Group|Tag|Tax Category|Terms and Conditions|
	Territory|ToDo|UOM|User|User Group|Warehouse|Web Form|Workflow|Workflow Action Master|Workflow State|Workspace""".replace(
		"\n", ""
	)
	.replace("\t", "")
	.split("|")
)
FIELDTYPES = set(
	"""Autocomplete|Attach|Attach Image|Barcode|Button|Check|Code|Color|Column Break|Currency|Data|Date|Datetime|
	Duration|Dynamic Link|Float|Fold|Geolocation|Heading|HTML|HTML Editor|Icon|Image|Int|JSON|Link|Long Text|
	Markdown Editor|Password|Percent|Phone|Read Only|Rating|Section Break|Select|Signature|Small Text|Tab Break|
	Table|Table MultiSelect|Text|Text Editor|Time""".replace("\n", "")
	.replace("\t", "")
	.split("|")
)
LAYOUT = {"Section Break", "Column Break", "Tab Break", "Heading", "HTML", "Button", "Fold", "Image"}
# Names frappe keeps for columns and attributes of its own
RESERVED = {
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"docstatus",
	"idx",
	"doctype",
	"parent",
	"flags",
}


def json_files() -> list[Path]:
	"""Return every JSON file of the app that holds records."""
	return sorted(
		path
		for path in APP.rglob("*.json")
		if "node_modules" not in path.parts and "public" not in path.parts
	)


def records(path: Path) -> list[dict[str, Any]]:
	"""Return the records of a file."""
	content = json.loads(path.read_text("utf-8"))
	return [row for row in (content if isinstance(content, list) else [content]) if isinstance(row, dict)]


def doctypes() -> dict[str, tuple[Path, dict[str, Any]]]:
	"""Return the app's DocTypes by name."""
	return {
		row["name"]: (path, row)
		for path in sorted((MODULE / "doctype").glob("*/*.json"))
		for row in records(path)
		if row.get("doctype") == "DocType"
	}


DOCTYPES = doctypes()


def scrub(name: str) -> str:
	"""Return a record's name as frappe writes it in paths."""
	return name.replace(" ", "_").replace("-", "_").lower()


def parametrize_doctypes() -> pytest.MarkDecorator:
	return pytest.mark.parametrize("name", sorted(DOCTYPES))


@pytest.mark.parametrize("path", json_files(), ids=lambda path: str(path.relative_to(APP)))
def test_file_is_json_with_unique_keys(path: Path):
	def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
		keys = [key for key, _value in pairs]
		assert len(keys) == len(set(keys)), f"keys twice: {sorted({k for k in keys if keys.count(k) > 1})}"
		return dict(pairs)

	json.loads(path.read_text("utf-8"), object_pairs_hook=unique)


@pytest.mark.parametrize("path", json_files(), ids=lambda path: str(path.relative_to(APP)))
def test_records_name_their_doctype_and_an_own_module(path: Path):
	for row in records(path):
		if "doctype" not in row:
			continue
		assert row.get("module", MODULES[0]) in MODULES
		if row["doctype"] != "DocType" and row["doctype"].startswith("Sky "):
			assert row["doctype"] in DOCTYPES


def test_synced_records_lie_where_the_framework_looks():
	wrong = []
	for path in sorted(MODULE.rglob("*.json")):
		for row in records(path):
			expected = scrub(row.get("name") or row.get("title") or "")
			if path.stem != expected or path.parent.name not in (expected, f"{scrub(MODULE.name)}_dashboard"):
				wrong.append(f"{path.relative_to(MODULE)} holds {row.get('name')}")
	assert not wrong


@parametrize_doctypes()
def test_doctype_is_ours_and_standard(name: str):
	path, row = DOCTYPES[name]
	assert name.startswith("Sky ")
	assert row["module"] in MODULES
	assert not row.get("custom")
	assert path.parent.name == path.stem == scrub(name)
	assert row.get("engine", "InnoDB") == "InnoDB"
	assert row.get("modified") and row.get("creation"), "the sync compares the time of change"


@parametrize_doctypes()
def test_doctype_has_a_controller_of_its_class(name: str):
	path, _row = DOCTYPES[name]
	controller = path.with_suffix(".py")
	assert controller.exists() and (path.parent / "__init__.py").exists()
	classes = {
		node.name for node in ast.parse(controller.read_text("utf-8")).body if isinstance(node, ast.ClassDef)
	}
	assert name.replace(" ", "").replace("-", "") in classes


@parametrize_doctypes()
def test_fields_are_well_formed(name: str):
	_path, row = DOCTYPES[name]
	fields = row["fields"]
	names = [field["fieldname"] for field in fields]
	assert len(names) == len(set(names)), f"twice: {sorted({n for n in names if names.count(n) > 1})}"
	assert row["field_order"] == names
	for field in fields:
		assert field["fieldtype"] in FIELDTYPES, field["fieldname"]
		assert re.fullmatch(r"[a-z][a-z0-9_]*", field["fieldname"]), field["fieldname"]
		assert len(field["fieldname"]) <= 64
		assert field["fieldname"] not in RESERVED or field["fieldtype"] in LAYOUT, field["fieldname"]
		if field["fieldtype"] == "Check":
			assert str(field.get("default", "0")) in ("0", "1"), field["fieldname"]


@parametrize_doctypes()
def test_links_and_tables_point_to_something(name: str):
	_path, row = DOCTYPES[name]
	fields = {field["fieldname"]: field for field in row["fields"]}
	for field in row["fields"]:
		options = field.get("options")
		where = f"{name}.{field['fieldname']} → {options}"
		if field["fieldtype"] == "Link":
			assert options in DOCTYPES or options in KNOWN_DOCTYPES, where
			assert options not in DOCTYPES or not DOCTYPES[options][1].get("istable"), where
		elif field["fieldtype"] in ("Table", "Table MultiSelect"):
			target = DOCTYPES.get(options)
			assert target or options in KNOWN_DOCTYPES, where
			assert target is None or target[1].get("istable"), where
		elif field["fieldtype"] == "Dynamic Link":
			assert options in fields, where
		elif field["fieldtype"] == "Select" and options:
			values = options.split("\n")
			assert len(values) == len(set(values)), where
			if default := field.get("default"):
				assert default in values, f"{where}: default {default}"
		if fetch := field.get("fetch_from"):
			assert fetch.split(".")[0] in fields, where


@parametrize_doctypes()
def test_named_fields_exist(name: str):
	_path, row = DOCTYPES[name]
	fields = {field["fieldname"]: field for field in row["fields"]}
	for key in ("title_field", "image_field", "sender_field", "subject_field", "timeline_field"):
		if row.get(key):
			assert row[key] in fields or row[key] == "name", f"{name}.{key}"
	for field in filter(None, re.split(r"[,\s]+", row.get("search_fields") or "")):
		assert field in fields or field == "name", f"{name}.search_fields {field}"
	if row.get("sort_field"):
		assert all(
			part.split()[0].strip("`") in {*fields, "modified", "creation", "name", "idx", "lft"}
			for part in row["sort_field"].split(",")
		)
	if (rule := row.get("autoname") or "").startswith("field:"):
		assert rule.split(":")[1] in fields
	if row.get("is_tree"):
		assert row.get("nsm_parent_field") in fields


@parametrize_doctypes()
def test_rights_name_roles_that_exist(name: str):
	_path, row = DOCTYPES[name]
	own = {record["role_name"] for record in records(APP / "fixtures" / "role.json")}
	general = {"System Manager", "All", "Guest", "Desk User", "Administrator"}
	erpnext = {
		"Sales User",
		"Sales Manager",
		"Accounts User",
		"Accounts Manager",
		"Stock User",
		"Purchase User",
	}
	if not row.get("istable"):
		assert row["permissions"], f"nobody may open {name}"
	for permission in row["permissions"]:
		assert permission["role"] in own | general | erpnext, permission["role"]


@parametrize_doctypes()
def test_links_of_the_dashboard_and_actions_point_to_fields(name: str):
	_path, row = DOCTYPES[name]
	for link in row.get("links", []):
		target = link.get("parent_doctype") or link["link_doctype"]
		assert target in DOCTYPES or target in KNOWN_DOCTYPES, f"{name} → {target}"
		if link["link_doctype"] in DOCTYPES:
			fields = {field["fieldname"] for field in DOCTYPES[link["link_doctype"]][1]["fields"]}
			assert link["link_fieldname"] in fields, (
				f"{name} → {link['link_doctype']}.{link['link_fieldname']}"
			)


def workflow_files() -> list[Path]:
	return sorted((APP / "workflows").glob("*.json"))


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.stem)
def test_workflow_fits_its_doctype(path: Path):
	rows = records(path)
	states = {row["workflow_state_name"] for row in rows if row["doctype"] == "Workflow State"}
	actions = {row["workflow_action_name"] for row in rows if row["doctype"] == "Workflow Action Master"}
	flows = [row for row in rows if row["doctype"] == "Workflow"]
	assert len(flows) == 1
	flow = flows[0]
	_path, doctype = DOCTYPES[flow["document_type"]]
	fields = {field["fieldname"]: field for field in doctype["fields"]}
	field = fields[flow["workflow_state_field"]]
	used = {row["state"] for row in flow["states"]}
	assert used <= states
	assert {row["state"] for row in flow["transitions"]} | {
		row["next_state"] for row in flow["transitions"]
	} <= used
	assert {row["action"] for row in flow["transitions"]} <= actions
	if field["fieldtype"] == "Select":
		assert used <= set(field["options"].split("\n"))
	for row in flow["transitions"]:
		if row.get("condition"):
			ast.parse(row["condition"], mode="eval")
	own = {record["role_name"] for record in records(APP / "fixtures" / "role.json")}
	roles = {row["allowed"] for row in flow["transitions"]} | {row["allow_edit"] for row in flow["states"]}
	assert roles <= own | {"System Manager", "All"}


def patches() -> Iterator[str]:
	for line in (APP / "patches.txt").read_text("utf-8").splitlines():
		line = line.partition("#")[0].strip()
		if line and not line.startswith("["):
			yield line


def test_patches_lie_in_their_sections_and_resolve():
	text = (APP / "patches.txt").read_text("utf-8")
	assert "[pre_model_sync]" in text and "[post_model_sync]" in text
	for line in patches():
		if line.startswith(("execute:", "finally:")):
			ast.parse(line.partition(":")[2].strip())
		else:
			assert function_exists(line.split()[0] + ".execute"), line


def hooks() -> dict[str, Any]:
	"""Return hooks.py as values, by executing the file: it imports nothing."""
	namespace: dict[str, Any] = {}
	source = (APP / "hooks.py").read_text("utf-8")
	assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
	exec(compile(source, "hooks.py", "exec"), namespace)
	return {key: value for key, value in namespace.items() if not key.startswith("__")}


def dotted_paths(value: Any) -> Iterator[str]:
	if isinstance(value, str):
		if re.fullmatch(r"skycrm(\.[A-Za-z_][A-Za-z0-9_]*)+", value):
			yield value
	elif isinstance(value, dict):
		for key, inner in value.items():
			yield from dotted_paths(key)
			yield from dotted_paths(inner)
	elif isinstance(value, list | tuple):
		for inner in value:
			yield from dotted_paths(inner)


def function_exists(path: str) -> bool:
	"""Whether a dotted path names a function or class of the app, looked up in the source."""
	*parts, name = path.split(".")
	file = APP.parent.joinpath(*parts)
	for candidate in (file.with_suffix(".py"), file / "__init__.py"):
		if candidate.exists():
			return name in defined_names(candidate)
	return False


def defined_names(path: Path) -> set[str]:
	names: set[str] = set()
	for node in ast.parse(path.read_text("utf-8")).body:
		if isinstance(node, ast.FunctionDef | ast.ClassDef):
			names.add(node.name)
		elif isinstance(node, ast.ImportFrom | ast.Import):
			names |= {alias.asname or alias.name for alias in node.names}
		elif isinstance(node, ast.Assign):
			names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
		elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
			names.add(node.target.id)
	return names


def test_dotted_paths_of_hooks_resolve():
	paths = sorted(set(dotted_paths(hooks())))
	assert paths
	assert [path for path in paths if not function_exists(path)] == []


def asset_paths(value: Any) -> Iterator[str]:
	if isinstance(value, str):
		yield value
	elif isinstance(value, dict):
		for inner in value.values():
			yield from asset_paths(inner)
	elif isinstance(value, list | tuple):
		for inner in value:
			yield from asset_paths(inner)


def test_assets_of_hooks_exist():
	found = hooks()
	missing = []
	for hook in ("doctype_js", "doctype_list_js", "doctype_tree_js", "doctype_calendar_js", "page_js"):
		missing += [path for path in asset_paths(found.get(hook, {})) if not (APP / path).exists()]
	for hook in ("app_include_js", "app_include_css", "web_include_js", "web_include_css"):
		for path in asset_paths(found.get(hook, [])):
			if ".bundle." in path:
				missing += [] if list((APP / "public").rglob(path)) else [path]
			elif path.startswith("/assets/skycrm/"):
				file = APP / "public" / path.removeprefix("/assets/skycrm/").partition("?")[0]
				missing += [] if file.exists() else [path]
	assert not missing


def test_doctypes_named_in_hooks_exist():
	found = hooks()
	names: set[str] = set()
	for hook in (
		"doc_events",
		"permission_query_conditions",
		"has_permission",
		"doctype_js",
		"doctype_list_js",
	):
		for key in found.get(hook, {}):
			names |= set(key) if isinstance(key, tuple) else {key}
	unknown = {name for name in names if name.startswith("Sky ") and name not in DOCTYPES}
	assert not unknown


def test_fixtures_are_filtered_and_plain():
	listed = hooks().get("fixtures", [])
	assert all(isinstance(row, dict) and row.get("filters") for row in listed), "a fixture without filters"
	files = {path.stem for path in (APP / "fixtures").glob("*.json")}
	assert files == {scrub(row["dt"]) for row in listed}
	assert not files & {"custom_field", "property_setter", "workflow", "print_format", "client_script"}


def test_python_of_the_app_compiles():
	broken = []
	for path in sorted(APP.rglob("*.py")):
		try:
			ast.parse(path.read_text("utf-8"), str(path))
		except SyntaxError as error:
			broken.append(f"{path.relative_to(APP)}: {error}")
	assert not broken


def test_every_package_folder_has_its_init_file():
	without = {
		str(path.parent.relative_to(APP))
		for path in APP.rglob("*.py")
		if not (path.parent / "__init__.py").exists() and "public" not in path.parts
	}
	assert not without


def test_the_app_is_installable_as_a_package():
	assert importlib.util.find_spec("skycrm") is not None
	text = (APP / "__init__.py").read_text("utf-8")
	assert re.search(r'^__version__ = "\d+\.\d+\.\d+', text, re.MULTILINE)
