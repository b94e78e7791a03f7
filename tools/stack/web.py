"""Serving the sites: web server, realtime, workers and scheduler, behind one port."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from pathlib import Path

from . import database, ports, redis
from .context import Context
from .database import SOCKET_PATH_LIMIT, program, write_if_changed
from .errors import StackError, port_taken
from .services import Service, Supervisor
from .status import answers

TEMPLATE = Path(__file__).parent / "data" / "nginx.conf"
# Stopped in the opposite order
ORDER = (
	"mariadb",
	"redis-cache",
	"redis-queue",
	"web",
	"socketio",
	"worker-short",
	"worker-long",
	"scheduler",
	"proxy",
)


def run_socket(context: Context, name: str) -> Path:
	"""Return a socket under the bench, or in /tmp where that path is too long for the kernel."""
	path = context.bench / "config" / "run" / f"{name}.sock"
	if len(str(path)) <= SOCKET_PATH_LIMIT:
		path.parent.mkdir(parents=True, exist_ok=True)
		return path
	digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
	return Path(f"/tmp/skycrm-{os.getuid()}-{digest}.sock")


def port(context: Context) -> int:
	"""Return the web port."""
	return context.state.get("port", 8000)


def check_port(context: Context, wanted: int) -> None:
	"""Make sure the web port is ours or free.

	:raises PortTaken: with the way to choose another one.
	"""
	if Supervisor(context).pid("proxy") and port(context) == wanted:
		return
	if not ports.is_free(wanted, context.config.listen):
		raise port_taken(wanted)


def write_proxy_config(context: Context) -> bool:
	"""Write the web server's settings; returns whether they changed.

	A web server that runs with the old ones is stopped: it may listen on another port.
	"""
	home = context.bench / "config" / "nginx"
	(home / "temp").mkdir(parents=True, exist_ok=True)
	listen = [f"listen {context.config.listen}:{port(context)};"]
	if context.config.listen in ("127.0.0.1", "0.0.0.0") and Path("/proc/net/if_inet6").exists():
		address = "[::1]" if context.config.listen == "127.0.0.1" else "[::]"
		if ipv6_usable(address.strip("[]")):
			suffix = " ipv6only=on" if address == "[::]" else ""
			listen.append(f"listen {address}:{port(context)}{suffix};")
	values = {
		"@HOME@": str(home),
		"@LOGS@": str(context.bench / "logs"),
		"@SITES@": str(context.sites),
		"@LISTEN@": "\n\t\t".join(listen),
		"@DEFAULT_SITE@": context.config.site,
		"@WEB@": str(run_socket(context, "web")),
		"@SOCKETIO@": str(run_socket(context, "socketio")),
	}
	text = TEMPLATE.read_text("utf-8")
	for mark, value in values.items():
		text = text.replace(mark, value)
	changed = write_if_changed(home / "nginx.conf", text)
	if changed:
		Supervisor(context).stop("proxy", signal.SIGQUIT, 10)
	return changed


def ipv6_usable(address: str) -> bool:
	"""Whether this machine lets a program listen on an IPv6 address."""
	import socket

	try:
		with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
			probe.bind((address, 0))
		return True
	except OSError:
		return False


def base_services(context: Context) -> list[Service]:
	"""Return database and Redis, where they are ours."""
	found = [] if database.is_external(context) else [database.service(context)]
	return found + redis.services(context)


def web_services(context: Context) -> list[Service]:
	"""Return everything that serves the sites."""
	frappe = [str(context.python), "-m", "frappe.utils.bench_helper", "frappe"]
	web_socket, socketio_socket = run_socket(context, "web"), run_socket(context, "socketio")
	home = context.bench / "config" / "nginx"
	return [
		Service(
			name="web",
			argv=[
				str(context.python),
				"-m",
				"gunicorn",
				f"--bind=unix:{web_socket}",
				"--workers=2",
				"--threads=4",
				"--timeout=120",
				"--graceful-timeout=10",
				"frappe.app:application",
			],
			cwd=context.sites,
			ready=lambda: socket_answers(web_socket),
			reload_signal=signal.SIGHUP,
		),
		Service(
			name="socketio",
			argv=[
				"node",
				"--require",
				str(Path(__file__).parent / "data" / "localhost_dns.js"),
				str(context.bench / "apps" / "frappe" / "socketio.js"),
			],
			cwd=context.bench,
			ready=lambda: socket_answers(socketio_socket),
			env={"FRAPPE_SOCKETIO_UDS": str(socketio_socket), "FRAPPE_BENCH_ROOT": str(context.bench)},
			seconds_to_stop=5,
		),
		Service(
			name="worker-short",
			argv=[*frappe, "worker", "--queue", "short,default"],
			cwd=context.sites,
			seconds_to_stop=15,
		),
		Service(
			name="worker-long",
			argv=[*frappe, "worker", "--queue", "long,default,short"],
			cwd=context.sites,
			seconds_to_stop=15,
		),
		Service(name="scheduler", argv=[*frappe, "schedule"], cwd=context.sites, seconds_to_stop=5),
		Service(
			name="proxy",
			argv=[program("nginx"), "-p", str(home), "-c", "nginx.conf", *first_log(), "-g", "daemon off;"],
			cwd=home,
			ready=lambda: answers(port(context), context.config.site)
			or (not is_served(context, context.config.site) and ports.is_open(port(context))),
			reload_signal=signal.SIGHUP,
			seconds_to_start=90,
		),
	]


def first_log() -> list[str]:
	"""Return the words that keep nginx off the system's log until it has read our settings, if it knows them."""
	usage = subprocess.run([program("nginx"), "-h"], capture_output=True, text=True, check=False)
	return ["-e", "stderr"] if "-e filename" in usage.stderr + usage.stdout else []


def is_served(context: Context, site: str) -> bool:
	"""Whether the site is in this bench at all (the tests can run without the demo site)."""
	return (context.sites / site / "site_config.json").exists()


def socket_answers(path: Path) -> bool:
	"""Whether a server accepts connections on a unix socket."""
	import socket

	with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
		probe.settimeout(2)
		try:
			probe.connect(str(path))
			return True
		except OSError:
			return False


def start_base(context: Context) -> list[str]:
	"""Start database and Redis; returns the names of those that were not running."""
	supervisor = Supervisor(context)
	return [service.name for service in base_services(context) if supervisor.start(service)]


def start_web(context: Context) -> list[str]:
	"""Start everything that serves; returns the names of those that were not running."""
	supervisor = Supervisor(context)
	if not supervisor.pid("socketio"):
		run_socket(context, "socketio").unlink(missing_ok=True)
	started = []
	for service in web_services(context):
		if service.name == "proxy" and not supervisor.pid("proxy"):
			check_port(context, port(context))
		if supervisor.start(service):
			started.append(service.name)
	return started


def reload_code(context: Context) -> None:
	"""Make the running servers take a changed app."""
	supervisor = Supervisor(context)
	for service in web_services(context):
		if service.name in ("web", "worker-short", "worker-long", "scheduler"):
			supervisor.reload(service)
	wait_until_answered(context)


def wait_until_answered(context: Context, seconds: float = 90.0) -> None:
	"""Wait until the site answers: right after a reload its processes are still starting."""
	deadline = time.monotonic() + seconds
	while is_served(context, context.config.site) and not answers(port(context), context.config.site):
		if time.monotonic() > deadline:
			raise StackError(
				f"{context.config.site} does not answer after {seconds:.0f} s.",
				f"Its log: {Supervisor(context).log_path('web')}",
			)
		context.report.progress("waiting for the site")
		time.sleep(0.2)


def stop(context: Context, names: list[str] | None = None) -> list[str]:
	"""Stop our servers, last started first; returns the names of those that ran."""
	supervisor = Supervisor(context)
	stopped = []
	for name in reversed(ORDER):
		if names is not None and name not in names:
			continue
		context.report.progress(name)
		if supervisor.stop(name, seconds=60 if name == "mariadb" else 15):
			stopped.append(name)
	return stopped


def states(context: Context) -> dict[str, bool]:
	"""Return for each of our servers whether it runs."""
	supervisor = Supervisor(context)
	ours = ORDER
	if database.is_external(context):
		ours = tuple(name for name in ours if name != "mariadb")
	if redis.is_external(context):
		ours = tuple(name for name in ours if not name.startswith("redis-"))
	return {name: supervisor.pid(name) is not None for name in ours}
