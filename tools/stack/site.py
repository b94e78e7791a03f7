"""Sites: a new one the long way once, then copies of that in seconds."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from pathlib import Path

from . import database
from .app import APP, Fingerprint
from .context import Context
from .status import app_version

SNAPSHOT = "snapshot.sql"


def folder(context: Context, site: str) -> Path:
	"""Return the folder of a site."""
	return context.sites / site


def memory(context: Context, site: str) -> dict:
	"""Return what is remembered about a site: how far it got, what was last migrated."""
	return dict(context.state.get("sites", {}).get(site, {}))


def remember(context: Context, site: str, **values: object) -> None:
	"""Remember something about a site."""
	context.state.reload()
	sites = dict(context.state.get("sites", {}))
	sites[site] = {**sites.get(site, {}), **values}
	context.state.set(sites=sites)


def forget(context: Context, site: str) -> None:
	"""Forget a site that is gone."""
	context.state.reload()
	sites = dict(context.state.get("sites", {}))
	sites.pop(site, None)
	context.state.set(sites=sites)


def exists(context: Context, site: str) -> bool:
	"""Whether the site has ERPNext set up and its folder is there."""
	return bool(memory(context, site).get("base")) and (folder(context, site) / "site_config.json").exists()


def versions_key(context: Context) -> str:
	"""Return the versions of the framework and ERPNext."""
	return f"frappe {app_version(context.bench, 'frappe')}, erpnext {app_version(context.bench, 'erpnext')}"


def snapshot_key(context: Context) -> str:
	"""Return what a snapshot belongs to: versions, and how the setup leaves a site."""
	setup = Path(__file__).with_name("inside") / "setup_site.py"
	return f"{versions_key(context)}, setup {hashlib.sha1(setup.read_bytes()).hexdigest()[:12]}"


def make_base(context: Context, site: str) -> None:
	"""Make a site with ERPNext set up: from the snapshot if there is one, else the long way (and snapshot it)."""
	snapshot = context.config.private / SNAPSHOT
	if exists(context, site):
		context.report.note("already there")
		return
	if snapshot.exists() and context.state.get("snapshot") == snapshot_key(context):
		clone(context, site, snapshot)
	else:
		create(context, site)
		database.dump(context, database_name(context, site), snapshot)
		context.state.set(snapshot=snapshot_key(context))
	remember(context, site, base=True)


def create(context: Context, site: str) -> None:
	"""Make a site the long way. What an interrupted run left of it is made anew."""
	_host, _port, password = database.connection(context)
	context.frappe(
		"",
		"new-site",
		site,
		"--force",
		"--db-root-username=root",
		f"--db-root-password={password}",
		f"--admin-password={context.state.secret('admin_password')}",
		"--mariadb-user-host-login-scope=%",
		what=f"bench new-site {site}",
	)
	context.frappe(site, "install-app", "erpnext")
	context.inside("setup_site.py", site, what="ERPNext's setup")


def clone(context: Context, site: str, snapshot: Path) -> None:
	"""Make a site out of a dump."""
	home = folder(context, site)
	drop(context, site)
	for part in ("public/files", "private/files", "private/backups", "locks", "logs"):
		(home / part).mkdir(parents=True, exist_ok=True)
	name = "_" + hashlib.sha1(site.encode()).hexdigest()[:16]
	password = secrets.token_urlsafe(16)
	# Paused from the first moment: a scheduler that runs on this bench must not find the site half made
	settings = {"db_name": name, "db_password": password, "db_type": "mariadb", "pause_scheduler": 1}
	write_config(context, site, settings)
	database.restore(context, name, name, password, snapshot)
	context.frappe(site, "clear-cache")


def drop(context: Context, site: str) -> None:
	"""Remove a site with its database, whole or half made."""
	config = read_config(context, site)
	if name := config.get("db_name"):
		database.query(context, f"DROP DATABASE IF EXISTS `{name}`; DROP USER IF EXISTS '{name}'@'%';")
	shutil.rmtree(folder(context, site), ignore_errors=True)
	forget(context, site)


def read_config(context: Context, site: str) -> dict:
	"""Return a site's settings; empty when it has none."""
	try:
		return json.loads((folder(context, site) / "site_config.json").read_text("utf-8"))
	except (FileNotFoundError, ValueError):
		return {}


def write_config(context: Context, site: str, values: dict) -> bool:
	"""Merge values into a site's settings; returns whether anything changed."""
	path = folder(context, site) / "site_config.json"
	merged = {**read_config(context, site), **values}
	changed = database.write_if_changed(path, json.dumps(merged, indent=1, sort_keys=True) + "\n")
	path.chmod(0o600)
	return changed


def database_name(context: Context, site: str) -> str:
	"""Return the name of a site's database."""
	return read_config(context, site)["db_name"]


def install_app(context: Context, site: str, mark: Fingerprint, *, quick: bool = False) -> bool:
	"""Install the app on a site, or migrate the site when the app changed.

	:param quick: migrate only this app, for test sites; the demo site gets the whole `bench migrate`.
	:returns: whether anything was done.
	"""
	known = memory(context, site)
	if not known.get("app"):
		context.frappe(site, "install-app", APP, "--force")
		remember(context, site, app=True, schema=mark.schema)
		return True
	if known.get("schema") == mark.schema:
		context.report.note("nothing changed")
		return False
	if quick:
		context.inside("migrate_app.py", site, APP, what=f"migrating {APP} on {site}")
	else:
		context.frappe(site, "migrate", "--skip-search-index")
	remember(context, site, schema=mark.schema)
	return True


def forget_old_files(context: Context, site: str, mark: Fingerprint) -> None:
	"""Make a site forget the scripts of forms and lists that it has read, when the app's files have changed since."""
	files = mark.code + mark.public
	if memory(context, site).get("code") != files:
		context.frappe(site, "clear-cache")
		remember(context, site, code=files)
