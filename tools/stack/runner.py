"""Running commands: output to the log, progress to the screen, errors with their last lines."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import CommandFailed, StackError, code_host_unreachable
from .report import Report

# What git prints when it cannot reach a host, in the versions of the supported systems
GIT_UNREACHABLE = (
	"could not resolve host",
	"failed to connect",
	"couldn't connect",
	"connection refused",
	"connection timed out",
	"unable to access",
	"could not read from remote repository",
	"repository not found",
	"does not appear to be a git repository",
	"network is unreachable",
)
LAST_LINES = 25


def run(
	report: Report,
	argv: Sequence[str],
	*,
	cwd: Path | None = None,
	env: Mapping[str, str] | None = None,
	what: str = "",
	stdin: Path | None = None,
	remedy: str = "",
	timeout: float | None = None,
	own_session: bool = False,
) -> str:
	"""Run a command, log what it prints, return it.

	:param what: how the command is called in an error.
	:param stdin: a file to feed it.
	:param timeout: seconds after which it is ended and counts as failed.
	:param own_session: whether everything it starts is ended with it when we are interrupted; such a
		command cannot ask for a password.
	:raises CommandFailed: when it ends with an error or cannot be started.
	"""
	report.log("$ " + " ".join(_masked(argv)))
	source = stdin.open("rb") if stdin else subprocess.DEVNULL
	try:
		process = subprocess.Popen(
			list(argv),
			cwd=cwd,
			env=dict(env) if env is not None else None,
			stdin=source,
			stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT,
			start_new_session=own_session,
		)
	except OSError as error:
		raise CommandFailed(f"{what or argv[0]} could not be started: {error}", remedy) from error
	finally:
		if stdin:
			source.close()
	lines: list[str] = []
	tail: deque[str] = deque(maxlen=LAST_LINES)
	try:
		_pump(process, report, lines, tail, timeout)
	except BaseException:
		_end(process, own_session)
		raise
	if process.returncode:
		raise CommandFailed(
			f"{what or argv[0]} failed (exit code {process.returncode}).",
			"\n".join([*(f"| {line}" for line in tail), *([remedy] if remedy else [])]),
			"\n".join(lines),
		)
	return "\n".join(lines)


def _end(process: subprocess.Popen, whole_group: bool) -> None:
	"""End a command, with all it started where it has a session of its own."""
	try:
		if whole_group:
			os.killpg(process.pid, signal.SIGTERM)
		else:
			process.terminate()
		process.wait(timeout=10)
	except subprocess.TimeoutExpired:
		process.kill()
		process.wait()
	except ProcessLookupError:
		pass


def _pump(
	process: subprocess.Popen, report: Report, lines: list[str], tail: deque[str], timeout: float | None
) -> None:
	"""Read the output line by line while showing progress."""
	deadline = time.monotonic() + timeout if timeout else None
	assert process.stdout is not None
	selector = selectors.DefaultSelector()
	selector.register(process.stdout, selectors.EVENT_READ)
	rest = b""
	last = ""
	while True:
		if selector.select(timeout=1.0):
			chunk = os.read(process.stdout.fileno(), 65536)
			if not chunk:
				break
			*complete, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
			for raw in complete:
				text = raw.decode("utf-8", "replace").rstrip()
				if text:
					report.log(text)
					lines.append(text)
					tail.append(text)
					last = text
		report.progress(last)
		if deadline and time.monotonic() > deadline:
			tail.append(f"no answer within {timeout:.0f} s")
			process.kill()
			break
	if rest:
		text = rest.decode("utf-8", "replace")
		report.log(text)
		lines.append(text)
		tail.append(text)
	process.wait()
	process.stdout.close()


def git_reachable(report: Report, url: str, branch: str, variable: str, env: Mapping[str, str]) -> None:
	"""Make sure a repository answers and has the branch.

	:raises HostUnreachable: naming the URL and the two ways to a mirror.
	:raises StackError: when it answers but has no such branch.
	"""
	git_env = {**env, "GIT_TERMINAL_PROMPT": "0"}
	try:
		found = run(
			report,
			["git", "ls-remote", "--heads", url, branch],
			env=git_env,
			what="git ls-remote",
			timeout=90,
		)
	except CommandFailed as error:
		raise code_host_unreachable(url, variable) from error
	if f"refs/heads/{branch}" not in found:
		raise StackError(
			f"{url} has no branch {branch}.",
			f"Choose one with {variable.replace('_REPO', '_BRANCH')}=<branch>.",
		)


def is_unreachable(output: str) -> bool:
	"""Whether a command's output says that a host did not answer."""
	text = output.lower()
	return any(sign in text for sign in GIT_UNREACHABLE)


def _masked(argv: Sequence[str]) -> list[str]:
	"""Hide passwords in the log."""
	shown, hide = [], False
	for part in argv:
		if hide:
			shown.append("***")
			hide = False
		elif part.startswith("--") and "password" in part and "=" in part:
			shown.append(part.split("=", 1)[0] + "=***")
		else:
			hide = part.startswith("--") and "password" in part
			shown.append(part)
	return shown
