"""The status object that other programs read, and its text for people."""

import http.server
import json
import threading
from pathlib import Path

import pytest
from stack import status

LOGINS = [
	{"user": "an@example.com", "password": "pw-1", "roles": ["Sky Sales User"]},
	{"user": "binh.manager@example.com", "password": "p2", "roles": ["Sky Sales Manager", "Sales Manager"]},
]


@pytest.fixture
def bench(tmp_path: Path) -> Path:
	for app, version in (("frappe", "15.101.1"), ("erpnext", "15.99.1"), ("skycrm", "1.0.0")):
		folder = tmp_path / "apps" / app / app
		folder.mkdir(parents=True)
		(folder / "__init__.py").write_text(f'"""Doc."""\n\n__version__ = "{version}"\n', "utf-8")
	return tmp_path


def build(bench: Path, **values) -> dict:
	return status.build(
		**{
			"running": True,
			"site": "skycrm.localhost",
			"port": 8000,
			"bench": bench,
			"database": "embedded",
			"logins": LOGINS,
			**values,
		}
	)


def test_it_has_the_contracts_keys(bench: Path):
	found = json.loads(json.dumps(build(bench)))
	assert {"running", "url", "site", "bench", "database", "versions", "logins"} <= set(found)
	assert found["url"] == "http://skycrm.localhost:8000"
	assert found["versions"] == {"frappe": "15.101.1", "erpnext": "15.99.1", "skycrm": "1.0.0"}
	assert found["bench"] == str(bench)
	assert all(set(login) == {"user", "password", "roles"} for login in found["logins"])


def test_logins_are_left_out_on_a_site_without_demo_data(bench: Path):
	assert "logins" not in build(bench, logins=None)


def test_an_app_that_is_not_there_has_no_version(tmp_path: Path):
	assert status.app_version(tmp_path, "erpnext") is None


def test_the_text_says_where_and_with_which_login(bench: Path):
	text = status.render(build(bench, services={"web": True, "worker-long": False}))
	assert "running at http://skycrm.localhost:8000" in text
	assert "an@example.com            pw-1  Sky Sales User" in text
	assert "stopped   worker-long" in text
	assert "not running" in status.render(build(bench, running=False))


def test_logins_are_read_back_and_a_missing_or_broken_file_is_no_demo(tmp_path: Path):
	path = tmp_path / "logins.json"
	assert status.read_logins(path) is None
	path.write_text("[{", "utf-8")
	assert status.read_logins(path) is None
	path.write_text(json.dumps(LOGINS), "utf-8")
	assert status.read_logins(path) == LOGINS


class Pong(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		good = self.path == "/api/method/ping" and self.headers["Host"].startswith("skycrm.localhost:")
		self.send_response(200 if good else 404)
		self.end_headers()
		self.wfile.write(b'{"message":"pong"}' if good else b"")

	def log_message(self, *_parts):
		pass


def test_a_site_answers_by_its_own_name_only():
	server = http.server.HTTPServer(("127.0.0.1", 0), Pong)
	port = server.server_address[1]
	thread = threading.Thread(target=server.serve_forever, daemon=True)
	thread.start()
	try:
		assert status.answers(port, "skycrm.localhost")
		assert not status.answers(port, "other.localhost")
	finally:
		server.shutdown()
		server.server_close()
	assert not status.answers(port, "skycrm.localhost", timeout=1)
