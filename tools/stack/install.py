"""bin/install-app: put this checkout's app on a bench that somebody else made."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .app import APP, mirror
from .errors import StackError


def main(argv: Sequence[str]) -> int:
	"""Run bin/install-app; returns its exit code.

	:raises StackError: when the folder is no bench, ERPNext is missing, or a step fails.
	"""
	parser = argparse.ArgumentParser(
		prog="bin/install-app",
		description="Install this checkout's app on an existing bench (as the user that owns it).",
	)
	parser.add_argument("bench", type=Path, help="folder of the bench")
	parser.add_argument("site", nargs="?", help="a site of it to install the app on, or to migrate")
	parser.add_argument("--skip-assets", action="store_true", help="do not build the desk's files")
	options = parser.parse_args(argv)
	checkout = Path(os.environ.get("SKYCRM_CHECKOUT") or Path(__file__).resolve().parents[2])
	install(checkout, options.bench.resolve(), options.site, assets=not options.skip_assets)
	return 0


def install(checkout: Path, bench: Path, site: str | None, *, assets: bool = True) -> None:
	"""Copy the app into the bench, install its package, build its assets, install it on a site.

	:raises StackError: as `main`.
	"""
	check(bench, site)
	python = bench / "env" / "bin" / "python"
	target = bench / "apps" / APP
	if target.is_symlink():
		raise StackError(f"{target} is a symbolic link.", "Remove it first; the app is copied, never linked.")
	if (target / ".git").exists():
		raise StackError(
			f"{target} came from a git repository (bench get-app).",
			"Update it with bench update --apps skycrm, or remove it first: bench remove-app skycrm",
		)
	print(f"Copying the app to {target}", flush=True)
	mirror(checkout / "apps" / APP, target)
	print("Installing its package", flush=True)
	step([str(python), "-m", "pip", "install", "--quiet", "-e", str(target)], bench)
	listed = bench / "sites" / "apps.txt"
	apps = listed.read_text("utf-8").split()
	if APP not in apps:
		listed.write_text("\n".join([*apps, APP]) + "\n", "utf-8")
	frappe = [str(python), "-m", "frappe.utils.bench_helper", "frappe"]
	if assets:
		print("Building the desk's files", flush=True)
		step([*frappe, "build", "--app", APP], bench / "sites")
	if not site:
		print(f"Done. Install it on a site: bench --site <site> install-app {APP}")
		return
	installed = step([*frappe, "--site", site, "list-apps"], bench / "sites", show=False)
	if APP in {line.split()[0] for line in installed.splitlines() if line.split()}:
		print(f"Migrating {site}", flush=True)
		step([*frappe, "--site", site, "migrate"], bench / "sites")
	else:
		print(f"Installing on {site}", flush=True)
		step([*frappe, "--site", site, "install-app", APP], bench / "sites")
	print(f"Done: {APP} is on {site}. Restart the bench's servers: bench restart")


def check(bench: Path, site: str | None) -> None:
	"""Make sure the folder is a bench with ERPNext that we may write to.

	:raises StackError: naming what is wrong.
	"""
	if not (bench / "sites" / "apps.txt").exists() or not (bench / "env" / "bin" / "python").exists():
		raise StackError(f"{bench} is not a bench.", "Name the folder that holds apps, sites and env.")
	if not (bench / "apps" / "erpnext").exists():
		raise StackError(
			"ERPNext is not in this bench, and SkyCRM needs it.",
			f"cd {bench} && bench get-app --branch version-15 erpnext",
		)
	if site and not (bench / "sites" / site / "site_config.json").exists():
		raise StackError(f"The bench has no site {site}.", f"cd {bench} && bench new-site {site}")
	owner = bench.stat().st_uid
	if owner != os.geteuid():
		import pwd

		name = pwd.getpwuid(owner).pw_name
		raise StackError(
			f"The bench belongs to the user {name}.",
			f"Run this as that user: sudo -u {name} bin/install-app {bench}",
		)


def step(argv: Sequence[str], cwd: Path, show: bool = True) -> str:
	"""Run a command of the bench; returns its output.

	:raises StackError: when it fails.
	"""
	environment = {
		name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
	}
	environment["PATH"] = f"{Path(argv[0]).parent}:{environment.get('PATH', '')}"
	if shutil.which("node", path=environment["PATH"]) is None:
		environment["PATH"] += ":/usr/local/bin:/usr/bin:/bin"
	done = subprocess.run(
		argv, cwd=cwd, env=environment, text=True, stdout=None if show else subprocess.PIPE, check=False
	)
	if done.returncode:
		raise StackError(f"{' '.join(argv[-3:])} failed (exit code {done.returncode}).")
	return done.stdout or ""
