"""bin/up: every step from a checkout to a served desk, each of them safe to repeat."""

from __future__ import annotations

from . import app, bench, database, ports, redis, site, status, system, web
from .context import Context
from .errors import StackError
from .services import Supervisor


def logins_file(context: Context, name: str):
	"""Return the file that holds a demo site's logins."""
	return context.config.private / f"logins-{name}.json"


def prepare_bench(context: Context) -> app.Fingerprint:
	"""Make everything a site needs: tools, bench, ERPNext, servers' data, the app.

	:returns: the fingerprint of the app as it is in the bench now.
	"""
	report, state = context.report, context.state
	python = system.system_python()
	if python is None:
		raise StackError(
			"No usable Python 3.11 or newer in /usr/bin.", "Run bin/up: it installs what is missing."
		)
	with report.step("Tools: frappe-bench, Node, yarn"):
		if state.get("tools_ready") != bench.FRAPPE_BENCH or not bench.bench_program(context).exists():
			bench.install_tools(context, python)
		else:
			report.note("already there")
	with report.step(f"Bench with frappe {context.config.frappe_branch}"):
		if not bench.is_initialised(context):
			system.check_size(context.bench)
		bench.init(context, python)
		state.set(tools_ready=bench.FRAPPE_BENCH)
	with report.step(f"ERPNext {context.config.erpnext_branch}"):
		bench.get_erpnext(context)
	with report.step("Database and Redis"):
		start_base(context)
	with report.step("The desk's assets of frappe and ERPNext"):
		if state.get("assets") == site.versions_key(context):
			report.note("already there")
		else:
			bench.build_assets(context, "frappe", "erpnext")
			state.set(assets=site.versions_key(context))
	with report.step("This checkout's app"):
		return app.sync(context)


def start_base(context: Context) -> list[str]:
	"""Start database and Redis, first preparing them where needed; returns what was started."""
	external = database.is_external(context)
	if not external:
		database.prepare(context)
	redis.prepare(context)
	started = web.start_base(context)
	if external:
		database.check_external(context)
	else:
		database.secure(context)
	if not context.state.get("port"):
		# bin/up has asked for its port before; tests take any that is free
		context.state.set(port=ports.choose(8000, set()))
	bench.configure(context, web.port(context), web.run_socket(context, "socketio"), context.config.site)
	if not started:
		context.report.note("already running")
	return started


def up(context: Context, *, port: int | None, demo: bool) -> None:
	"""Bring everything up and print where it is."""
	config, report, state = context.config, context.report, context.state
	wanted = port or state.get("port") or 8000
	web.check_port(context, wanted)
	if not state.get("port") and bench.is_initialised(context):
		state.set(port=wanted)
	mark = prepare_bench(context)
	if state.get("port") != wanted:
		state.set(port=wanted)
		bench.configure(context, wanted, web.run_socket(context, "socketio"), config.site)
	with report.step(f"Site {config.site} with ERPNext set up"):
		site.make_base(context, config.site)
	with report.step(f"SkyCRM on {config.site}"):
		changed = site.install_app(context, config.site, mark)
		site.forget_old_files(context, config.site, mark)
	if demo:
		with report.step("Demo data"):
			load_demo(context, config.site)
	with report.step("Servers"):
		web.write_proxy_config(context)
		stale = state.get("served_code") not in (None, mark.code + mark.schema)
		started = web.start_web(context)
		if (changed or stale) and "web" not in started:
			web.reload_code(context)
			report.note("restarted with the changed app")
		elif not started:
			report.note("already running")
		state.set(served_code=mark.code + mark.schema)
		site.write_config(context, config.site, {"pause_scheduler": 0})
	show(context)


def load_demo(context: Context, name: str) -> None:
	"""Load the demo data once."""
	if site.memory(context, name).get("demo"):
		context.report.note("already there")
		return
	said = context.inside("demo.py", name, str(logins_file(context, name)), what="loading the demo data")
	if "REFUSED: " in said:
		context.report.note("left out, the site holds records of its own (bin/up --reset makes it anew)")
		return
	site.remember(context, name, demo=True)


def describe(context: Context) -> dict:
	"""Return the status object of this bench."""
	config, state = context.config, context.state
	services = web.states(context)
	port = web.port(context)
	running = all(services.values()) and status.answers(port, config.site)
	logins = status.read_logins(logins_file(context, config.site))
	if logins is not None and state.get("admin_password"):
		admin = {
			"user": "Administrator",
			"password": state.get("admin_password"),
			"roles": ["Administrator"],
		}
		if not any(login.get("user") == "Administrator" for login in logins):
			logins = [*logins, admin]
	return status.build(
		running=running,
		site=config.site,
		port=port,
		bench=context.bench,
		database="external" if database.is_external(context) else "embedded",
		logins=logins,
		services=services,
	)


def show(context: Context) -> None:
	"""Print the address and the logins."""
	found = describe(context)
	context.report.say()
	context.report.say(status.render(found))
	if "logins" not in found:
		context.report.say(f"  login     Administrator  {context.state.get('admin_password')}")
	context.report.say(f"  log       {context.report.log_file}")


def stop(context: Context) -> None:
	"""Stop our servers."""
	with context.report.step("Stopping"):
		stopped = web.stop(context)
		context.report.note(", ".join(stopped) if stopped else "nothing was running")


def reset(context: Context) -> None:
	"""Remove the demo site and its data; the bench stays, so that the next run is quick."""
	name = context.config.site
	with context.report.step(f"Removing the site {name}"):
		if not bench.is_initialised(context):
			context.report.note("there is none")
			return
		web.stop(context, [service for service in web.ORDER if service not in web.ORDER[:3]])
		start_base(context)
		site.drop(context, name)
		logins_file(context, name).unlink(missing_ok=True)


def is_running(context: Context) -> bool:
	"""Whether any of our servers runs."""
	supervisor = Supervisor(context)
	return any(supervisor.pid(name) for name in web.ORDER)
