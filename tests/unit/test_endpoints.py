"""Every method that can be called over HTTP, read from the source: no new one without its guards and its test."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "apps" / "skycrm" / "skycrm"
BENCH_TESTS = ROOT / "tests" / "bench"

# May be called by GET, for they only read. Everything else is POST alone: a GET is not checked for a CSRF token, and
# its transaction is not committed.
READING = {
	"field_access.doctypes",
	"field_access.read",
	"link_search.search_shown",
	"reading.chart",
	"realtime.can_subscribe_doctype",
	"access.explain",
	"access.preview_default",
	"reminders.due",
	"lead_import.download_outcome",
	"calendar.get_closings",
	"calendar.get_lead_contacts",
	"cards.overdue_next_contacts",
	"exports.download_errored_template",
	"exports.download_import_log",
	"exports.download_prepared_report",
	"exports.download_template",
	"exports.export_data",
	"exports.export_list",
	"exports.export_report",
	"leads.explain_score",
	"data_quality.counts",
	"leads.merged_into",
	"leads.merges_of",
	"leads.preview_conversion",
	"leads.preview_merge",
	"link_search.search_leads",
	"people.jobs",
	"opportunities.connections",
	"opportunities.purchase_history",
	"opportunities.stock",
	"opportunity_items.get_offer",
	"query_report.run",
	"reading.get_documents_for_tag",
	"reading.get_link_title",
	"reading.get_tagged_docs",
	"reading.global_search",
	"reading.search_link",
	"reading.search_widget",
	"reading.validate_link",
	"shown_markup.get_communications",
	"shown_markup.get_notification_logs",
	"scoring.fields",
	"scoring.panel",
	"scoring.progress",
	"site_health.versions",
	"web_forms.definition",
	"web_forms.thank_you",
	"webhooks.targets",
}
# Not limited in number → why not. What answers about records that the caller may not see needs a limit.
ONE_RECORD = "works on one record, after checking the caller's right to it, as the framework's own REST does"
OWN_LIST = "a list of what the caller may read, as short as the framework's own lists"
AS_BEFORE = "the framework's own method does the work and is no more often asked for than before"
IN_PARTS = "limited in the number of records; each is checked, and many go to the queue"
NOT_LIMITED = {
	"link_search.search_shown": OWN_LIST,
	"reading.chart": AS_BEFORE,
	"realtime.can_subscribe_doctype": AS_BEFORE,
	"assigning.add": ONE_RECORD,
	"assigning.add_multiple": AS_BEFORE + "; each record is checked",
	"liking.toggle_like": ONE_RECORD,
	"bulk.mark_unqualified": IN_PARTS,
	"bulk.move_stage": IN_PARTS,
	"calendar.get_closings": OWN_LIST,
	"calendar.get_lead_contacts": OWN_LIST,
	"calendar.move": ONE_RECORD,
	"cards.overdue_next_contacts": "a count of what the caller may read, on indexed columns",
	"exports.convert_prepared_report": AS_BEFORE,
	"exports.download_errored_template": AS_BEFORE,
	"exports.download_import_log": AS_BEFORE,
	"exports.download_prepared_report": AS_BEFORE,
	"exports.download_template": AS_BEFORE,
	"exports.export_data": AS_BEFORE,
	"exports.export_list": AS_BEFORE,
	"exports.export_report": AS_BEFORE,
	"leads.convert": ONE_RECORD + ", and the same lead again makes nothing",
	"leads.convert_many": IN_PARTS,
	"leads.explain_score": ONE_RECORD,
	"data_quality.counts": "a handful of counts of what the caller may read, on indexed columns",
	"data_quality.merge_sure_groups": "one job for each user at a time, which checks each lead",
	"data_quality.normalise": "one job for each user at a time, which checks each lead",
	"data_quality.set_values": IN_PARTS,
	"leads.merge": "a few records, after checking the caller's right to each, and the same leads again change nothing",
	"leads.merges_of": ONE_RECORD,
	"leads.preview_conversion": ONE_RECORD,
	"leads.preview_merge": "a few records, after checking the caller's right to each",
	"leads.undo_merge": ONE_RECORD,
	"leads.undo_conversion": ONE_RECORD,
	"link_search.search_leads": OWN_LIST,
	"opportunities.connections": ONE_RECORD,
	"opportunities.make_quotation": ONE_RECORD,
	"opportunities.move": ONE_RECORD,
	"opportunities.purchase_history": ONE_RECORD,
	"opportunities.stock": ONE_RECORD,
	"opportunity_items.get_offer": ONE_RECORD,
	"webhooks.retry": IN_PARTS,
	"webhooks.rotate_secret": ONE_RECORD,
	"webhooks.targets": "the same list of fields for everybody who may read webhooks",
	"query_report.run": AS_BEFORE,
	"role_permissions.add": AS_BEFORE,
	"role_permissions.remove": AS_BEFORE,
	"role_permissions.reset": AS_BEFORE,
	"role_permissions.update": AS_BEFORE,
	"scoring.accept_suggestion": ONE_RECORD,
	"scoring.dismiss_suggestion": ONE_RECORD,
	"scoring.drop_hand": ONE_RECORD,
	"scoring.set_by_hand": ONE_RECORD,
	"reading.get_documents_for_tag": AS_BEFORE,
	"reading.get_link_title": AS_BEFORE,
	"reading.get_tagged_docs": AS_BEFORE,
	"reading.global_search": AS_BEFORE,
	"reading.search_link": AS_BEFORE,
	"reading.search_widget": AS_BEFORE,
	"reading.validate_link": AS_BEFORE,
	"shown_markup.get_communications": AS_BEFORE,
	"shown_markup.get_notification_logs": AS_BEFORE,
}
# Open to people who have not signed in → what keeps a stranger from doing harm with it, and the tests that call it as
# one, over the limit too. Each has besides a limit for one true address and one for all guests together.
FOR_GUESTS: dict[str, tuple[str, tuple[str, ...]]] = {
	"web_forms.capture": (
		"per visitor, form and site (services/form_limits.py), 32 kB, honeypot, token, only the fields that are asked",
		("test_web_form_flood.py", "test_web_form_capture.py", "test_guest_limits.py"),
	),
	"web_forms.definition": (
		"published forms only, nothing but what the page shows",
		("test_web_form_pages.py", "test_guest_limits.py"),
	),
	"web_forms.thank_you": (
		"a coupon only with the reference of an answer of the last hour",
		("test_web_form_coupon.py", "test_guest_limits.py"),
	),
	"webhooks.receive": (
		"signature over body and time, one answer for every refusal, per webhook, 1 MB",
		("test_webhooks.py", "test_guest_limits.py"),
	),
}


@dataclass(frozen=True)
class Endpoint:
	path: Path
	function: ast.FunctionDef

	@property
	def name(self) -> str:
		return f"{self.path.stem}.{self.function.name}"

	def decorator(self, name: str) -> ast.Call | None:
		for decorator in self.function.decorator_list:
			if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).split(".")[-1] == name:
				return decorator
		return None

	def argument_of(self, decorator: str, argument: str) -> object:
		"""The value of a decorator's named argument, None when it is not given."""
		call = self.decorator(decorator)
		for keyword in call.keywords if call else ():
			if keyword.arg == argument:
				return ast.literal_eval(keyword.value)
		return None


def is_whitelist(decorator: ast.expr) -> bool:
	called = decorator.func if isinstance(decorator, ast.Call) else decorator
	return ast.unparse(called) in ("frappe.whitelist", "whitelist")


def read_endpoints() -> list[Endpoint]:
	return [
		Endpoint(path, node)
		for path in sorted(APP.rglob("*.py"))
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
		if isinstance(node, ast.FunctionDef) and any(map(is_whitelist, node.decorator_list))
	]


ENDPOINTS = read_endpoints()
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)


@cache
def names_in_bench_tests() -> set[str]:
	"""Every `leads.convert` in them, within a path or alone, and what they import out of modules."""
	found = set()
	for path in BENCH_TESTS.glob("*.py"):
		source = path.read_text(encoding="utf-8")
		found |= {".".join(pair) for pair in re.findall(r"(?=\b([a-z_]+)\.([a-z_]+)\b)", source)}
		for node in ast.walk(ast.parse(source)):
			if isinstance(node, ast.ImportFrom) and node.module:
				found |= {f"{node.module.split('.')[-1]}.{alias.name}" for alias in node.names}
	return found


def test_there_are_endpoints():
	assert len(ENDPOINTS) > 15
	assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS), "two of one name"


@each_endpoint
def test_arguments_and_answer_are_typed(endpoint):
	arguments = endpoint.function.args
	named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
	# Without a type the framework passes on whatever was sent: a list where a name is expected.
	assert not [argument.arg for argument in named if argument.annotation is None]
	assert endpoint.function.returns is not None


@each_endpoint
def test_only_reading_methods_answer_to_get(endpoint):
	assert endpoint.decorator("whitelist"), "call the decorator, and say which HTTP methods it takes"
	methods = endpoint.argument_of("whitelist", "methods")
	assert methods == (["GET", "POST"] if endpoint.name in READING else ["POST"])


@each_endpoint
def test_guests_come_in_by_known_doors_only(endpoint):
	allowed = bool(endpoint.argument_of("whitelist", "allow_guest"))
	assert allowed == (endpoint.name in FOR_GUESTS)
	if allowed:
		assert endpoint.argument_of("limit_calls", "all_guests")


@pytest.mark.parametrize("name", FOR_GUESTS)
def test_what_guests_may_call_names_its_limit_and_its_tests(name):
	limit, files = FOR_GUESTS[name]
	assert len(limit) > 20 and len(files) >= 2 and "test_guest_limits.py" in files
	function = name.split(".")[1]
	for file in files:
		source = (BENCH_TESTS / file).read_text(encoding="utf-8")
		assert re.search(rf"\b{function}\b", source), f"{file} does not call {name}"
		# Asked too often at least in the one that all of them share.
		assert file != "test_guest_limits.py" or "429" in source


@each_endpoint
def test_calls_are_limited_or_there_is_a_reason(endpoint):
	limited = endpoint.decorator("limit_calls") is not None
	assert limited != (endpoint.name in NOT_LIMITED), "a limit or a reason, not both and not none"


@each_endpoint
def test_whitelisted_comes_first_and_the_answer_to_rule_errors_last(endpoint):
	"""The framework must register the function with its guards around it, and a refused call must still be counted."""
	names = [
		ast.unparse(d.func if isinstance(d, ast.Call) else d).split(".")[-1]
		for d in endpoint.function.decorator_list
	]
	assert names[0] == "whitelist"
	assert "rule_errors_as_http" not in names[:-1]


@each_endpoint
def test_it_says_what_it_does(endpoint):
	assert (ast.get_docstring(endpoint.function) or "").split("\n")[0].endswith((".", ":"))


@each_endpoint
def test_it_has_a_test_on_a_site(endpoint):
	assert endpoint.name in names_in_bench_tests(), f"no file under tests/bench names {endpoint.name}"


def test_the_tables_above_name_only_what_there_is():
	names = {endpoint.name for endpoint in ENDPOINTS}
	assert names >= READING | set(NOT_LIMITED) | set(FOR_GUESTS)
