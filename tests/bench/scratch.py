"""Sites and benches that a test makes for itself and throws away: installing and removing is tried on those."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymysql
import pymysql.cursors

CHECKOUT = Path(os.environ["SKYCRM_CHECKOUT"])
BENCH = Path(os.environ["SKYCRM_BENCH"])
# Two runs at once on different test sites do not get in each other's way
OWN = os.environ["SKYCRM_TEST_SITE"]
sys.path.insert(0, str(CHECKOUT / "tools"))

from stack import app as stack_app
from stack import config, site
from stack.context import Context
from stack.report import Report


def context(bench: Path = BENCH) -> Context:
	"""Return the helpers' view of a bench of this user."""
	settings = config.load(os.environ, CHECKOUT, config.user_home())
	log = config.user_home() / ".skycrm" / "logs" / "scratch.log"
	return Context(dataclasses.replace(settings, bench=bench), Report(log, quiet=True))


def new_site(bench: Path, name: str) -> Context:
	"""Make a site with frappe and ERPNext set up, without the app; returns the bench's helpers."""
	found = context(bench)
	source = context(BENCH)
	site.clone(found, name, source.config.private / site.SNAPSHOT)
	site.write_config(found, name, {"allow_tests": True, "pause_scheduler": 1, "mute_emails": 1})
	return found


def drop_site(bench: Path, name: str) -> None:
	"""Remove such a site with its database."""
	site.drop(context(bench), name)


def new_bench(folder: Path) -> Path:
	"""Make a second bench with frappe and ERPNext out of hard links to the first: whole, but cheap.

	The environment is a copy too, so that what is installed there does not reach the first bench.
	"""
	folder.mkdir(parents=True)
	(folder / "apps").mkdir()
	for part in ("apps/frappe", "apps/erpnext", "env"):
		(folder / part).mkdir()
		for entry in (BENCH / part).iterdir():
			target = folder / part / entry.name
			if entry.name == "node_modules":
				target.symlink_to(entry)
			else:
				subprocess.run(["cp", "-al", str(entry), str(target)], check=True)
	for part in ("config/pids", "logs", "sites/assets", ".skycrm"):
		(folder / part).mkdir(parents=True)
	packages = next((folder / "env" / "lib").glob("python3*")) / "site-packages"
	for name in ("frappe", "erpnext"):
		point_to(packages / f"{name}.pth", folder / "apps" / name)
	for path in [*packages.glob("skycrm*"), *packages.glob("__pycache__/skycrm*")]:
		shutil.rmtree(path) if path.is_dir() else path.unlink()
	replace(folder / "sites" / "apps.txt", "frappe\nerpnext\n")
	shutil.copy(BENCH / "sites" / "common_site_config.json", folder / "sites")
	for name in ("assets.json", "assets-rtl.json"):
		if (BENCH / "sites" / "assets" / name).exists():
			shutil.copy(BENCH / "sites" / "assets" / name, folder / "sites" / "assets")
	for name in ("frappe", "erpnext"):
		(folder / "sites" / "assets" / name).symlink_to(folder / "apps" / name / name / "public")
	state = dict(context(BENCH).state.data)
	state.pop("sites", None)
	context(folder).state.set(**state)
	return folder


def point_to(path: Path, target: Path) -> None:
	"""Make an editable install of the copied environment lead to the copied app."""
	assert path.exists(), f"the environment changed its shape: {path}"
	replace(path, f"{target}\n")


def replace(path: Path, text: str) -> None:
	"""Write a file under a new name first: the old one may be shared with the first bench."""
	path.unlink(missing_ok=True)
	path.write_text(text, "utf-8")


def bench_command(bench: Path, *argv: str, check: bool = True) -> str:
	"""Run the bench command in a bench; returns what it printed."""
	program = context(bench).config.tools / "venv" / "bin" / "bench"
	return command([str(program), *argv], bench, check=check)


def command(argv: list[str], cwd: Path, check: bool = True) -> str:
	"""Run a command as a user of a bench would; returns what it printed."""
	environment = context(next((f for f in (cwd, cwd.parent) if (f / "env").is_dir()), BENCH)).env()
	for name in [name for name in environment if name.startswith("SKYCRM_")]:
		environment.pop(name)
	done = subprocess.run(
		argv,
		cwd=cwd,
		env=environment,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
		check=False,
	)
	assert done.returncode == 0 or not check, f"{' '.join(argv)}\n{done.stdout[-6000:]}"
	return done.stdout


def python(bench: Path, name: str, code: str) -> str:
	"""Run code as Administrator of a site in a process of its own, and commit; returns what it printed."""
	head = f"import frappe\nfrappe.init(site={name!r}, sites_path='.')\nfrappe.connect()\nfrappe.set_user('Administrator')\n"
	program = str(context(bench).python)
	return command([program, "-c", f"{head}{code}\nfrappe.db.commit()\nfrappe.destroy()\n"], bench / "sites")


def git(cwd: Path, *argv: str) -> str:
	"""Run git with an author; returns what it printed."""
	who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "init.defaultBranch=main"]
	return command(["git", *who, *argv], cwd)


def copy_checkout(target: Path) -> Path:
	"""Copy the checkout's files and make a git repository of them with one commit."""
	stack_app.mirror(CHECKOUT, target)
	git(target, "init", "--quiet")
	git(target, "add", "--all")
	git(target, "commit", "--quiet", "-m", "chore: everything")
	return target


class Tables:
	"""Reads a site's whole database, past frappe and its caches."""

	def __init__(self, bench: Path, name: str) -> None:
		settings = site.read_config(context(bench), name)
		common = context(bench).sites / "common_site_config.json"
		import json

		shared = json.loads(common.read_text("utf-8"))
		self.connection = pymysql.connect(
			host=shared["db_host"],
			port=int(shared["db_port"]),
			user=settings["db_name"],
			password=settings["db_password"],
			database=settings["db_name"],
			charset="utf8mb4",
			cursorclass=pymysql.cursors.DictCursor,
			# An open transaction would keep the installer from changing the tables it has read
			autocommit=True,
		)

	def close(self) -> None:
		"""Close the connection."""
		self.connection.close()

	def rows(self, statement: str) -> list[dict[str, Any]]:
		"""Return the rows of a query."""
		with self.connection.cursor() as cursor:
			cursor.execute(statement)
			return list(cursor.fetchall())

	def columns(self) -> dict[str, set[str]]:
		"""Return the columns of every table."""
		found: dict[str, set[str]] = {}
		for row in self.rows(
			"select table_name as t, column_name as c from information_schema.columns where table_schema = database()"
		):
			found.setdefault(row["t"], set()).add(row["c"])
		return found

	def indexes(self) -> set[tuple[str, str, str]]:
		"""Return every index: table, name, columns."""
		return {
			(row["t"], row["i"], row["c"])
			for row in self.rows(
				"select table_name as t, index_name as i, group_concat(column_name order by seq_in_index) as c"
				" from information_schema.statistics where table_schema = database() group by 1, 2"
			)
		}

	def content(
		self, without_tables: set[str], without_columns: set[str]
	) -> dict[str, dict[str, dict[str, Any]]]:
		"""Return every row of every table, by table and key, without what changes by itself."""
		found = {}
		for table, columns in sorted(self.columns().items()):
			if table in without_tables:
				continue
			rows: dict[str, dict[str, Any]] = {}
			# A child row is known by its place: saving its parent gives it a new name
			child = {"parent", "parenttype", "parentfield", "idx"} <= columns
			for row in self.rows(f"select * from `{table}`"):
				kept = {name: value for name, value in row.items() if name not in without_columns}
				if table == "tabSingles":
					if row["field"] in without_columns:
						continue
					key = f"{row['doctype']}.{row['field']}"
				elif table == "tabDefaultValue":
					key = f"{row['parent']}.{row['defkey']}.{row['defvalue']}"
				elif child and row["parent"]:
					key = f"{row['parenttype']} {row['parent']}.{row['parentfield']} row {row['idx']}"
				else:
					key = str(row.get("name") or sorted(row.items(), key=str))
				if child:
					kept.pop("name", None)
				while key in rows:
					key += "+"
				rows[key] = kept
			found[table] = rows
		return found


def differences(before: dict, after: dict) -> list[str]:
	"""Return what two contents differ in, one line per row."""
	lines = [f"table gone: {table}" for table in sorted(set(before) - set(after))]
	lines += [f"table left: {table}" for table in sorted(set(after) - set(before))]
	for table in sorted(set(before) & set(after)):
		old, new = before[table], after[table]
		lines += [f"{table}: row gone: {key}" for key in sorted(set(old) - set(new))]
		lines += [f"{table}: row left: {key} {new[key]}"[:400] for key in sorted(set(new) - set(old))]
		for key in sorted(set(old) & set(new)):
			if old[key] != new[key]:
				changed = {
					name: (old[key].get(name), new[key].get(name))
					for name in {**old[key], **new[key]}
					if old[key].get(name) != new[key].get(name)
				}
				lines.append(f"{table}: row changed: {key} {changed}"[:400])
	return lines
