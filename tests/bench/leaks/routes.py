"""Every way in that the site knows: whitelisted functions, methods of documents, REST paths, pages and saved queries."""

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import frappe
from frappe.api import v1, v2

APPS = ("frappe", "erpnext", "skycrm")

# Not walked, and why. Everything else is.
LEFT_OUT = {
	"frappe.handler.logout": "ends the session that asks",
	"frappe.handler.web_logout": "ends the session that asks",
	"frappe.handler.upload_file": "takes a file, not arguments; asked for on its own",
	"frappe.core.doctype.user.user.reset_password": "sends mail to anybody by design; knows nothing of records",
	"frappe.core.doctype.user.user.sign_up": "makes users; knows nothing of records",
	"frappe.sessions.clear": "empties the caches of the whole site; returns nothing",
	"frappe.translate.get_app_translations": "returns megabytes of translations; knows nothing of records",
	"frappe.tests.": "helpers of the framework's own tests; closed on a site that does not allow tests",
	"frappe.recorder.start": "records the whole site from then on",
}


@dataclass(frozen=True)
class Route:
	"""One way in.

	Attributes:
	        path: what comes after the address of the site; {doctype} and {name} stand for the record asked for.
	        verb: of HTTP.
	        parameters: those of the function behind it, with what the signature says about each.
	        fixed: arguments that make this route what it is, for example which report.
	        label: how it is named in a finding.
	"""

	path: str
	verb: str = "POST"
	parameters: tuple[inspect.Parameter, ...] = ()
	fixed: dict[str, Any] = field(default_factory=dict, hash=False)
	label: str = ""

	def __str__(self) -> str:
		return self.label or f"{self.verb} {self.path}"


def import_everything() -> None:
	"""Import each module that whitelists something: the framework learns of a function when its module is imported."""
	for app in APPS:
		root = Path(frappe.get_app_path(app))
		for file in sorted(root.rglob("*.py")):
			if file.name.startswith("test_") or "whitelist(" not in file.read_text("utf-8", errors="ignore"):
				continue
			importlib.import_module(".".join((app, *file.relative_to(root).with_suffix("").parts)))


@cache
def of_whitelist() -> tuple[Route, ...]:
	"""A route for each whitelisted function that is not a method of a document."""
	import_everything()
	found = {}
	for function in frappe.whitelisted:
		plain = inspect.unwrap(function)
		path = f"{plain.__module__}.{plain.__qualname__}"
		if (
			"." in plain.__qualname__
			or path.startswith(tuple(LEFT_OUT))
			or plain.__module__.partition(".")[0] not in APPS
		):
			continue
		verbs = frappe.allowed_http_methods_for_whitelisted_func[function]
		found[path] = Route(
			f"/api/method/{path}",
			"POST" if "POST" in verbs else verbs[0],
			tuple(inspect.signature(plain).parameters.values()),
		)
	return tuple(found[path] for path in sorted(found))


def of_documents(doctype: str) -> Iterator[Route]:
	"""Methods of a document of this type that are open to requests, by each of the ways that lead to them."""
	controller = frappe.get_doc({"doctype": doctype}).__class__
	for name, function in inspect.getmembers(controller, inspect.isfunction):
		if function not in frappe.whitelisted:
			continue
		yield Route("/api/resource/{doctype}/{name}", "POST", fixed={"run_method": name})
		yield Route("/api/resource/{doctype}/{name}", "GET", fixed={"run_method": name})
		yield Route(f"/api/v2/document/{{doctype}}/{{name}}/method/{name}/", "POST")
		for method in ("/api/method/run_doc_method", "/api/v2/method/run_doc_method"):
			yield Route(
				method,
				"POST",
				fixed={"method": name, "RECORD_AS": ("docs", "document")},
			)


def of_rest() -> Iterator[Route]:
	"""The paths of both versions of REST, out of the framework's own tables of them."""
	for prefix, rules in (("/api", v1.url_rules), ("/api/v2", v2.url_rules)):
		for rule in rules:
			if "<doctype>" not in rule.rule or "<method>" in rule.rule:
				continue
			path = prefix + rule.rule.replace("<doctype>", "{doctype}").replace("<path:name>", "{name}")
			for verb in sorted((rule.methods or {"GET", "POST"}) - {"HEAD", "OPTIONS"}):
				yield Route(path, verb)


def of_pages() -> Iterator[Route]:
	"""Pages outside of the desk that are told which record to show."""
	for app in APPS:
		root = Path(frappe.get_app_path(app, "www"))
		for file in sorted(root.rglob("*.py")) if root.is_dir() else ():
			if file.name.startswith(("test_", "__")) or "def get_context" not in file.read_text("utf-8"):
				continue
			yield Route(
				"/" + file.relative_to(root).with_suffix("").as_posix(),
				"GET",
				label=f"page {file.stem}",
			)


def of_saved_queries(doctype: str) -> Iterator[Route]:
	"""Reports, number cards, charts and boards that somebody has saved about records of this type."""
	for report in frappe.get_all("Report", {"ref_doctype": doctype}, ["name", "report_type"]):
		for method in ("run", "get_script", "export_query", "background_enqueue_run"):
			yield Route(
				f"/api/method/frappe.desk.query_report.{method}",
				fixed={
					"report_name": report.name,
					"filters": "{}",
					"file_format_type": "CSV",
					"visible_idx": "[]",
				},
				label=f"report {report.name}: {method}",
			)
	for card in frappe.get_all("Number Card", {"document_type": doctype}, ["name", "filters_json"]):
		document = frappe.get_doc("Number Card", card.name).as_json()
		yield Route(
			"/api/method/frappe.desk.doctype.number_card.number_card.get_result",
			fixed={"doc": document, "filters": card.filters_json or "[]"},
			label=f"number card {card.name}",
		)
	for chart in frappe.get_all("Dashboard Chart", {"document_type": doctype}, pluck="name"):
		yield Route(
			"/api/method/frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
			fixed={"chart_name": chart, "refresh": 1, "filters": "[]"},
			label=f"chart {chart}",
		)
	for board in frappe.get_all("Kanban Board", {"reference_doctype": doctype}, pluck="name"):
		for method in ("get_kanban_boards", "update_order"):
			yield Route(
				f"/api/method/frappe.desk.doctype.kanban_board.kanban_board.{method}",
				fixed={"board_name": board, "order": "{}"},
				label=f"board {board}: {method}",
			)


def with_parameters(route: Route) -> Route:
	"""The route as the whitelist has it, with its parameters."""
	known = next((known for known in of_whitelist() if known.path == route.path), route)
	return replace(known, fixed=route.fixed, label=route.label)
