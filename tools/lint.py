"""Runs the linters of the field over the app: ruff, the framework's semgrep rules, prettier and eslint.

Each tool is installed once into a cache folder outside the checkout, from the package registries that pip and npm
are set up for. A tool that cannot be had is named and left out; a finding makes the command fail.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "apps" / "skycrm"
CACHE = Path(os.environ.get("SKYCRM_LINT_CACHE") or Path.home() / ".cache" / "skycrm-lint")

RUFF = "ruff==0.13.2"
SEMGREP = "semgrep==1.108.0"
PRETTIER = "prettier@3.6.2"
ESLINT = "eslint@9.36.0"
SEMGREP_RULES = os.environ.get("FRAPPE_SEMGREP_RULES_REPO", "https://github.com/frappe/semgrep-rules")

PYTHON_PLACES = ("apps/skycrm", "tests", "tools")
SEMGREP_PLACE = "apps/skycrm/skycrm"
NOSEMGREP = re.compile(r"nosemgrep(?:: ?([\w-]+))?")


class NotAvailable(Exception):
	"""The tool cannot be installed on this machine; the text says why."""


@dataclass
class Outcome:
	name: str
	state: str  # "passed", "failed" or "not run"
	detail: str = ""


def run(command: list[str], **kwargs) -> subprocess.CompletedProcess:
	return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False, **kwargs)


def install_from_pip(requirement: str) -> Path:
	"""The folder of the tool's executables, in a venv of its own: semgrep pins packages that others dislike."""
	home = CACHE / requirement.replace("==", "-")
	if not (home / ".complete").exists():
		shutil.rmtree(home, ignore_errors=True)
		venv.create(home, with_pip=True)
		done = run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement])
		if done.returncode:
			raise NotAvailable(f"pip could not install {requirement}: {last_line(done.stderr)}")
		(home / ".complete").touch()
	return home / "bin"


def install_from_npm(package: str) -> Path:
	if not shutil.which("npm"):
		raise NotAvailable("npm is not installed")
	home = CACHE / package.replace("@", "-")
	if not (home / ".complete").exists():
		home.mkdir(parents=True, exist_ok=True)
		done = run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(home), package])
		if done.returncode:
			raise NotAvailable(f"npm could not install {package}: {last_line(done.stderr)}")
		(home / ".complete").touch()
	return home / "node_modules" / ".bin"


def semgrep_rules() -> Path:
	"""The framework's public rules, cloned once; they are not ours to ship."""
	folder = CACHE / "frappe-semgrep-rules"
	if not (folder / "rules").exists():
		shutil.rmtree(folder, ignore_errors=True)
		folder.parent.mkdir(parents=True, exist_ok=True)
		done = run(["git", "clone", "--quiet", "--depth", "1", SEMGREP_RULES, str(folder)], timeout=120)
		if done.returncode:
			raise NotAvailable(f"git could not clone {SEMGREP_RULES}: {last_line(done.stderr)}")
	return folder / "rules"


def last_line(text: str) -> str:
	lines = [line for line in text.strip().splitlines() if line.strip()]
	return lines[-1] if lines else "no message"


def verdict(name: str, done: subprocess.CompletedProcess) -> Outcome:
	output = (done.stdout + done.stderr).strip()
	return Outcome(name, "failed" if done.returncode else "passed", output if done.returncode else "")


def places(*names: str) -> list[str]:
	return [name for name in names if (ROOT / name).exists()]


def ruff_check() -> Outcome:
	ruff = str(install_from_pip(RUFF) / "ruff")
	return verdict(
		"ruff check", run([ruff, "check", "--config", str(APP / "pyproject.toml"), *places(*PYTHON_PLACES)])
	)


def ruff_format() -> Outcome:
	ruff = str(install_from_pip(RUFF) / "ruff")
	command = [ruff, "format", "--check", "--config", str(APP / "pyproject.toml"), *places(*PYTHON_PLACES)]
	return verdict("ruff format", run(command))


def semgrep() -> Outcome:
	home = install_from_pip(SEMGREP)
	rules = semgrep_rules()
	env = {**os.environ, "PATH": f"{home}:{os.environ['PATH']}", "SEMGREP_SEND_METRICS": "off"}
	command = [
		str(home / "semgrep"), "scan", "--quiet", "--json", "--metrics=off", "--disable-version-check",
		"--disable-nosem", "--config", str(rules), SEMGREP_PLACE,
	]  # fmt: skip
	done = run(command, env=env)
	if done.returncode > 1:  # 1 is "there are findings"; above it semgrep itself broke
		raise NotAvailable(f"semgrep ended with {done.returncode}: {last_line(done.stderr)}")
	found = {}
	for finding in json.loads(done.stdout)["results"]:
		rule = finding["check_id"].rsplit(".", 1)[-1]
		found[finding["path"], finding["start"]["line"], rule] = finding["extra"]["message"]
	return semgrep_outcome(found, semgrep_exceptions(ROOT / SEMGREP_PLACE))


# File, line, rule
Place = tuple[str, int, str]


def semgrep_exceptions(folder: Path) -> set[Place]:
	"""Where the code asks for an exception: `# nosemgrep: rule` on the line that semgrep names."""
	found = set()
	for path in sorted(folder.rglob("*")):
		if path.suffix in (".py", ".js", ".html") and path.is_file():
			for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
				if mark := NOSEMGREP.search(line):
					found.add((path.relative_to(ROOT).as_posix(), number, mark.group(1) or ""))
	return found


def semgrep_outcome(found: dict[Place, str], exceptions: set[Place]) -> Outcome:
	"""Findings without an exception, and exceptions without a finding: those would hide the next one."""
	lines = [
		f"{path}:{line}: {rule}: {' '.join(found[path, line, rule].split())}"
		for path, line, rule in sorted(set(found) - exceptions)
	]
	lines += [
		f"{path}:{line}: nothing to except from {rule or 'a rule without a name'}, take the comment away"
		for path, line, rule in sorted(exceptions - set(found))
	]
	return Outcome("semgrep (the framework's rules)", "failed" if lines else "passed", "\n".join(lines))


def prettier() -> Outcome:
	tool = str(install_from_npm(PRETTIER) / "prettier")
	return verdict(
		"prettier",
		run([tool, "--check", "apps/skycrm/**/*.{js,css,scss}", "--no-error-on-unmatched-pattern"]),
	)


def eslint() -> Outcome:
	tool = str(install_from_npm(ESLINT) / "eslint")
	return verdict(
		"eslint", run([tool, "--no-error-on-unmatched-pattern", "--max-warnings", "0", "apps/skycrm"])
	)


CHECKS: dict[str, Callable[[], Outcome]] = {
	"ruff check": ruff_check,
	"ruff format": ruff_format,
	"prettier": prettier,
	"eslint": eslint,
	"semgrep (the framework's rules)": semgrep,
}


def fix() -> None:
	"""Rewrites what ruff and prettier can mend by themselves."""
	ruff = str(install_from_pip(RUFF) / "ruff")
	config = ["--config", str(APP / "pyproject.toml"), *places(*PYTHON_PLACES)]
	run([ruff, "check", "--fix", *config])
	run([ruff, "format", *config])
	prettier_bin = str(install_from_npm(PRETTIER) / "prettier")
	run([prettier_bin, "--write", "apps/skycrm/**/*.{js,css,scss}", "--no-error-on-unmatched-pattern"])


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--fix", action="store_true", help="rewrite what can be mended by itself, then check")
	if parser.parse_args().fix:
		fix()
	failed = False
	for name, check in CHECKS.items():
		try:
			outcome = check()
		except (NotAvailable, subprocess.TimeoutExpired, OSError) as reason:
			outcome = Outcome(name, "not run", str(reason))
		failed = failed or outcome.state == "failed"
		print(
			f"lint: {outcome.name}: {outcome.state}" + (f"\n{outcome.detail}" if outcome.detail else ""),
			flush=True,
		)
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main())
