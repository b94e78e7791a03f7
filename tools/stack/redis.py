"""The bench's own Redis processes, one for the cache and one for queues and messages; or an external one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import ports
from .context import Context
from .database import program, write_if_changed
from .services import Service

# Only the cache may forget; the queue must keep every job it took
KINDS = {
	"cache": (13000, 'maxmemory 256mb\nmaxmemory-policy allkeys-lru\nsave ""\nappendonly no\n'),
	"queue": (11000, "maxmemory-policy noeviction\nsave 60 1\nappendonly no\n"),
}

CONFIG = """# Written by bin/up
bind 127.0.0.1
port {port}
dir {folder}
dbfilename redis-{kind}.rdb
pidfile {folder}/redis-{kind}.pid
daemonize no
{policy}"""


def folder(context: Context) -> Path:
	"""Return the folder of both processes."""
	return context.bench / "config" / "redis"


def is_external(context: Context) -> bool:
	"""Whether REDIS_URL names a server that is not ours (now, or at an earlier run)."""
	return bool(context.config.redis_url or context.state.get("redis_url"))


def urls(context: Context) -> dict[str, str]:
	"""Return the addresses frappe is told."""
	if is_external(context):
		url = context.config.redis_url or context.state.get("redis_url")
		return {"redis_cache": url, "redis_queue": url, "redis_socketio": url}
	cache, queue = (f"redis://127.0.0.1:{context.state.get(f'redis_{kind}_port')}" for kind in KINDS)
	return {"redis_cache": cache, "redis_queue": queue, "redis_socketio": queue}


def prepare(context: Context) -> None:
	"""Choose ports once and write the settings of both processes."""
	state = context.state
	if context.config.redis_url:
		state.set(redis_url=context.config.redis_url)
	if is_external(context):
		return
	home = folder(context)
	home.mkdir(parents=True, exist_ok=True)
	for kind, (default, policy) in KINDS.items():
		key = f"redis_{kind}_port"
		if not state.get(key):
			state.set(**{key: ports.choose(default, set())})
		text = CONFIG.format(port=state.get(key), folder=home, kind=kind, policy=policy)
		write_if_changed(home / f"redis-{kind}.conf", text)


def services(context: Context) -> list[Service]:
	"""Return both processes; none when an external server is used."""
	if is_external(context):
		return []
	return [
		Service(
			name=f"redis-{kind}",
			argv=[program("redis-server"), str(folder(context) / f"redis-{kind}.conf")],
			cwd=folder(context),
			ready=partial(ports.is_open, context.state.get(f"redis_{kind}_port")),
			seconds_to_start=30,
		)
		for kind in KINDS
	]
