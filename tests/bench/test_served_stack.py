"""What bin/up serves: the site by its name, files, realtime, background jobs, and an honest status."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import socketio
from rest_client import RestClient

import frappe

pytestmark = pytest.mark.commits


def test_the_site_answers_by_its_host_name(rest_as, site: SimpleNamespace):
	guest = rest_as("Guest")
	assert guest.get("/api/method/ping").json() == {"message": "pong"}
	assert guest.get("/login").status_code == 200
	unknown = guest.get("/api/method/ping", headers={"Host": f"nobody-here.localhost:{site.port}"})
	assert unknown.status_code == 404


def test_the_apps_own_files_are_served_with_a_long_life(rest_as):
	manifest = json.loads((Path(os.environ["SKYCRM_BENCH"]) / "sites/assets/assets.json").read_text("utf-8"))
	answer = rest_as("Guest").get(manifest["desk.bundle.css"])
	assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/css")
	assert "max-age" in answer.headers["Cache-Control"]


def test_nothing_outside_assets_and_public_files_is_served(rest_as, site: SimpleNamespace):
	guest = rest_as("Guest")
	for path in (
		f"/{site.name}/site_config.json",
		"/common_site_config.json",
		"/apps.txt",
		"/assets/../common_site_config.json",
		f"/protected/{site.name}/site_config.json",
		"/files/../../site_config.json",
	):
		request = requests.Request("GET", guest.base + path, headers=dict(guest.headers)).prepare()
		request.url = guest.base + path
		answer = guest.send(request, timeout=30)
		assert answer.status_code in (400, 403, 404), path
		assert "db_password" not in answer.text and "redis_cache" not in answer.text


def test_a_forged_address_is_not_believed(site: SimpleNamespace):
	client = RestClient(site.port, site.name)
	client.headers["X-Forwarded-For"] = "203.0.113.77"
	assert client.sign_in("Administrator", os.environ["SKYCRM_ADMIN_PASSWORD"]).status_code == 200
	client.close()
	frappe.db.rollback()
	seen = frappe.get_all(
		"Activity Log",
		{"operation": "Login", "user": "Administrator"},
		pluck="ip_address",
		order_by="creation desc",
		limit=1,
	)
	assert seen == ["127.0.0.1"]


@pytest.fixture
def names_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
	"""Names under .localhost are this machine, as browsers know and some C libraries do not."""
	real = socket.getaddrinfo
	monkeypatch.setattr(
		socket,
		"getaddrinfo",
		lambda host, *more, **named: real(
			"127.0.0.1" if str(host).endswith(".localhost") else host, *more, **named
		),
	)


@pytest.mark.usefixtures("names_of_this_machine")
def test_realtime_messages_reach_a_signed_in_user(rest: RestClient, site: SimpleNamespace):
	received: list[dict] = []
	arrived = threading.Event()
	client = socketio.Client(reconnection=False)
	namespace = f"/{site.name}"

	def keep(data: dict) -> None:
		received.append(data)
		arrived.set()

	client.on("skycrm_probe", keep, namespace=namespace)
	client.connect(
		site.url,
		headers={"Authorization": rest.headers["Authorization"]},
		namespaces=[namespace],
		transports=["websocket"],
		wait_timeout=20,
	)
	try:
		for _attempt in range(20):
			# The server joins the user's room a moment after the connection is up
			frappe.publish_realtime("skycrm_probe", {"n": 1}, user="Administrator", after_commit=False)
			if arrived.wait(0.5):
				break
	finally:
		client.disconnect()
	assert received and received[0] == {"n": 1}


@pytest.mark.usefixtures("names_of_this_machine")
def test_realtime_refuses_a_stranger(site: SimpleNamespace):
	client = socketio.Client(reconnection=False)
	with pytest.raises(socketio.exceptions.ConnectionError, match="One or more namespaces failed"):
		client.connect(
			site.url,
			namespaces=[f"/{site.name}"],
			transports=["websocket"],
			wait_timeout=10,
		)
	client.disconnect()


@pytest.mark.parametrize("queue", ["short", "default", "long"])
def test_background_jobs_of_every_queue_are_worked_on(queue: str):
	job = frappe.enqueue("frappe.ping", queue=queue)
	deadline = time.monotonic() + 60
	while job.get_status() not in ("finished", "failed") and time.monotonic() < deadline:
		time.sleep(0.1)
	assert job.get_status() == "finished"


def test_the_status_is_the_contracts_object(site: SimpleNamespace):
	environment = {
		**os.environ,
		"PYTHONPATH": str(site.checkout / "tools"),
		"SKYCRM_STACK_HALF": "1",
	}
	done = subprocess.run(
		[sys.executable, "-m", "stack", "up", "--status", "--json"],
		env=environment,
		capture_output=True,
		text=True,
		check=True,
	)
	found = json.loads(done.stdout)
	assert {"running", "url", "site", "bench", "database", "versions"} <= set(found)
	assert found["bench"] == str(site.bench)
	assert found["database"] in ("embedded", "external")
	assert found["versions"]["frappe"].startswith("15.") and found["versions"]["erpnext"].startswith("15.")
	assert found["versions"]["skycrm"]
	assert all(found["services"].values())
	assert found["site"] != site.name, "tests never run on the demo site"


def test_our_servers_listen_on_this_machine_alone(site: SimpleNamespace):
	"""Whoever reaches the web port reaches the site; database and Redis are for this machine only."""
	config = json.loads((site.bench / "sites" / "common_site_config.json").read_text("utf-8"))
	if config["db_host"] != "127.0.0.1":
		return
	ports = {
		int(config["db_port"]),
		*(int(config[key].rsplit(":", 1)[1]) for key in ("redis_cache", "redis_queue")),
	}
	listening = set()
	for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
		local, state = line.split()[1], line.split()[3]
		address, port = local.split(":")
		if state == "0A" and int(port, 16) in ports:
			listening.add(address)
	assert listening == {"0100007F"}
