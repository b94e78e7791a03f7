"""Which method a request runs: as the framework reads a path, and `cmd` before everything else."""

import pytest

from skycrm.domain.called_method import called_method

GET = "frappe.client.get"


@pytest.mark.parametrize(
	("path", "arguments", "method"),
	[
		(f"/api/method/{GET}", {}, GET),
		(f"/api/method/{GET}/", {}, GET),
		(f"/api/method/{GET}/skycrm.api.v1.leads.search", {}, GET),
		(f"/api/v1/method/{GET}", {}, GET),
		(f"/api/v2/method/{GET}", {}, GET),
		("/api/v2/method/User/switch_theme", {}, "User/switch_theme"),
		("/api/method/run_doc_method", {}, "run_doc_method"),
		("/api/method/frappe.client.validate_link", {"cmd": GET}, GET),
		("/printview", {"cmd": GET}, GET),
		("/api/resource/Sky Lead", {"cmd": GET}, GET),
		("/api/resource/Sky Lead/method", {}, ""),
		("/api/method", {}, ""),
		("/api/v3/method/x.y", {}, ""),
		("/printview", {}, ""),
		("/", {}, ""),
	],
)
def test_of_a_request(path, arguments, method):
	assert called_method(path, arguments) == method
