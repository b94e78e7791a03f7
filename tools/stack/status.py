"""What runs, in words and as the JSON object other programs read."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from typing import Any


def app_version(bench: Path, app: str) -> str | None:
	"""Return the version an app of the bench states; None when it is not there."""
	try:
		text = (bench / "apps" / app / app / "__init__.py").read_text("utf-8")
	except OSError:
		return None
	found = re.search(r"^__version__\s*=\s*[\"']([^\"']+)", text, re.MULTILINE)
	return found.group(1) if found else None


def answers(port: int, site: str, host: str = "127.0.0.1", timeout: float = 30.0) -> bool:
	"""Whether the site answers a ping through the web server."""
	connection = http.client.HTTPConnection(host, port, timeout=timeout)
	try:
		connection.request("GET", "/api/method/ping", headers={"Host": f"{site}:{port}"})
		response = connection.getresponse()
		return response.status == 200 and b"pong" in response.read()
	except (OSError, http.client.HTTPException):
		return False
	finally:
		connection.close()


def build(
	*,
	running: bool,
	site: str,
	port: int,
	bench: Path,
	database: str,
	logins: list[dict[str, Any]] | None,
	services: dict[str, bool] | None = None,
) -> dict[str, Any]:
	"""Return the status object (contract, section 7).

	:param logins: None on a site without demo data; the key is left out then.
	"""
	status: dict[str, Any] = {
		"running": running,
		"url": f"http://{site}:{port}",
		"site": site,
		"bench": str(bench),
		"database": database,
		"versions": {app: app_version(bench, app) for app in ("frappe", "erpnext", "skycrm")},
		"services": services or {},
	}
	if logins is not None:
		status["logins"] = logins
	return status


def render(status: dict[str, Any]) -> str:
	"""Return the status as text for people."""
	lines = [
		("SkyCRM is running at " if status["running"] else "SkyCRM is not running; its address is ")
		+ status["url"],
		f"  site      {status['site']}",
		f"  bench     {status['bench']}",
		f"  database  {status['database']}",
		"  versions  " + ", ".join(f"{app} {version or '-'}" for app, version in status["versions"].items()),
	]
	if down := [name for name, up in status["services"].items() if not up]:
		lines.append("  stopped   " + ", ".join(down))
	lines += render_logins(status.get("logins", []))
	return "\n".join(lines)


def render_logins(logins: list[dict[str, Any]]) -> list[str]:
	"""Return a table of users, passwords and roles."""
	if not logins:
		return []
	user_width = max(len(login["user"]) for login in logins)
	password_width = max(len(login["password"]) for login in logins)
	lines = ["  logins"]
	for login in logins:
		roles = ", ".join(login["roles"])
		lines.append(f"    {login['user']:<{user_width}}  {login['password']:<{password_width}}  {roles}")
	return lines


def read_logins(path: Path) -> list[dict[str, Any]] | None:
	"""Return the demo's logins; None on a site without demo data."""
	try:
		return json.loads(path.read_text("utf-8"))
	except (OSError, ValueError):
		return None
