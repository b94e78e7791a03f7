"""Command lines, memory between runs, locks, steps on the screen, and servers known by their pid files."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from stack import cli, runner, services, state, system, testing, web
from stack.errors import CommandFailed, HostUnreachable, StackError
from stack.report import Report

ALL = list(testing.KINDS)
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
	("argv", "kinds", "require", "rest"),
	[
		([], ALL, False, []),
		(["unit"], ["unit"], False, []),
		(["bench", "-k", "lead"], ["bench"], False, ["-k", "lead"]),
		(["bench", "browser", "-x"], ["bench", "browser"], False, ["-x"]),
		(["--require-bench"], ALL, True, []),
		(["bench", "--require-bench", "tests/bench/test_x.py"], ["bench"], True, ["tests/bench/test_x.py"]),
		(["-k", "unit"], ALL, False, ["-k", "unit"]),
	],
)
def test_the_command_line_of_the_tests(argv, kinds, require, rest):
	assert testing.parse(argv) == (kinds, require, rest)


def test_named_files_replace_the_folders():
	assert testing.targets_of(["bench"], ["-q"]) == ["tests/bench"]
	assert testing.targets_of(["bench"], ["tests/bench/test_x.py::test_y"]) == []
	assert testing.targets_of(["unit", "bench"], ["-k", "lead"]) == ["tests/unit", "tests/bench"]


def test_only_tests_that_talk_to_the_site_make_it_restart(tmp_path: Path):
	folder = tmp_path / "tests" / "bench"
	folder.mkdir(parents=True)
	(folder / "test_pure.py").write_text("def test_x(): pass\n", "utf-8")
	(folder / "test_http.py").write_text("def test_x(rest): pass\n", "utf-8")
	assert not testing.needs_web(tmp_path, ["bench"], ["tests/bench/test_pure.py::test_x", "-q"])
	assert testing.needs_web(tmp_path, ["bench"], ["tests/bench/test_http.py"])
	assert testing.needs_web(tmp_path, ["bench"], [])
	assert testing.needs_web(tmp_path, ["browser"], ["tests/bench/test_pure.py"])


@pytest.mark.parametrize("argv", [["--status", "--stop"], ["--json"], ["--reset", "--stop"], ["surprise"]])
def test_contradicting_options_are_refused(argv: list[str], capsys: pytest.CaptureFixture[str]):
	with pytest.raises(SystemExit) as ended:
		cli.main_up(argv)
	assert ended.value.code == 2
	assert "bin/up" in capsys.readouterr().err


def test_the_options_of_the_contract_are_known():
	options = cli.parser_up().parse_args(["--status", "--json"])
	assert options.status and options.json
	options = cli.parser_up().parse_args(["--no-demo", "--port", "8090"])
	assert options.no_demo and options.port == "8090"


def test_reset_is_never_done_without_a_yes(monkeypatch: pytest.MonkeyPatch):
	monkeypatch.setattr(sys, "stdin", io.StringIO(""))
	with pytest.raises(StackError, match=r"--reset deletes the site crm\.localhost"):
		cli.confirm_reset("crm.localhost")


def without_framework(monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> tuple[int, list[str]]:
	"""Run bin/test where the code host is out of reach; returns its exit code and what pytest was given."""
	given: list[str] = []

	def fail(*_parts, **_more):
		raise HostUnreachable("The code host does not answer: https://example.invalid/frappe")

	def pytest_runs(line, **more):
		given[:] = [*line[3:], more["env"]["SKYCRM_NOT_RUN"]]
		return SimpleNamespace(returncode=0)

	monkeypatch.delenv(cli.SECOND_HALF, raising=False)
	monkeypatch.setattr(cli, "first_half", fail)
	monkeypatch.setattr(testing, "unit_python", lambda: sys.executable)
	monkeypatch.setattr(testing.subprocess, "run", pytest_runs)
	return testing.main(argv), given


def test_without_a_framework_the_unit_tests_run_and_the_rest_is_named(monkeypatch: pytest.MonkeyPatch):
	code, given = without_framework(monkeypatch, [])
	assert code == 0
	assert "tests/unit" in given and "tests/bench" not in given
	assert given[-1].startswith("NOT RUN: tests/bench, tests/browser, because: The code host does not answer")


def test_without_a_framework_a_demanded_bench_is_an_error(monkeypatch: pytest.MonkeyPatch):
	code, given = without_framework(monkeypatch, ["--require-bench"])
	assert code == 1 and not given


def test_memory_survives_and_is_private(tmp_path: Path):
	path = tmp_path / "deep" / "state.json"
	first = state.State(path)
	first.set(port=8000, gone=1)
	password = first.secret("db_root_password")
	second = state.State(path)
	second.set(gone=None)
	assert second.get("port") == 8000 and second.secret("db_root_password") == password
	assert "gone" not in state.State(path).data
	assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0
	assert len(password) >= 24


def test_a_broken_memory_file_counts_as_empty(tmp_path: Path):
	path = tmp_path / "state.json"
	path.write_text("{", "utf-8")
	assert state.State(path).data == {}


def test_two_runs_keep_apart(tmp_path: Path):
	path = tmp_path / "run.lock"
	code = (
		"import fcntl,sys\nf=open(sys.argv[1],'a+')\n"
		"try: fcntl.flock(f, fcntl.LOCK_EX|fcntl.LOCK_NB)\nexcept BlockingIOError: sys.exit(7)\n"
	)
	with state.lock(path):
		assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 7
	assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


def test_steps_show_their_time_and_failures_are_marked(tmp_path: Path):
	screen = io.StringIO()
	report = Report(tmp_path / "up.log", screen)
	with report.step("Database"):
		report.note("already there")
	with pytest.raises(ValueError), report.step("Assets"):
		raise ValueError
	lines = screen.getvalue().splitlines()
	assert lines[0].endswith("s  Database: already there") and lines[1].endswith("s  Assets: FAILED")
	assert "Database" in (tmp_path / "up.log").read_text("utf-8")


def test_commands_are_logged_with_their_output_but_without_passwords(tmp_path: Path):
	report = Report(tmp_path / "up.log", io.StringIO())
	script = "print('hello')"
	out = runner.run(report, [sys.executable, "-c", script, "--db-root-password=hush", "--password", "quiet"])
	log = (tmp_path / "up.log").read_text("utf-8")
	assert out == "hello" and "hello" in log
	assert "hush" not in log and "quiet" not in log


def test_a_failed_command_carries_its_last_lines(tmp_path: Path):
	report = Report(tmp_path / "up.log", io.StringIO())
	with pytest.raises(CommandFailed) as failed:
		runner.run(report, [sys.executable, "-c", "print('why'); raise SystemExit(3)"], what="bench init")
	assert "bench init failed (exit code 3)" in failed.value.message
	assert "| why" in failed.value.remedy


def test_a_command_that_does_not_exist_is_an_error_of_ours(tmp_path: Path):
	report = Report(tmp_path / "up.log", io.StringIO())
	with pytest.raises(CommandFailed, match="could not be started"):
		runner.run(report, ["/no/such/program"])


@pytest.fixture
def supervisor(tmp_path: Path) -> services.Supervisor:
	context = SimpleNamespace(
		bench=tmp_path,
		env=lambda: dict(os.environ),
		report=Report(tmp_path / "up.log", io.StringIO()),
	)
	return services.Supervisor(context)


def sleeper(**values) -> services.Service:
	return services.Service(
		name="sleeper",
		argv=[sys.executable, "-c", "import time; time.sleep(60)"],
		cwd=Path("/"),
		**values,
	)


def test_a_server_is_started_once_found_again_and_stopped(supervisor: services.Supervisor):
	assert supervisor.start(sleeper())
	pid = supervisor.pid("sleeper")
	assert pid and os.getsid(pid) == pid, "it must not die with the terminal"
	assert not supervisor.start(sleeper())
	assert supervisor.pid("sleeper") == pid
	assert supervisor.stop("sleeper")
	assert supervisor.pid("sleeper") is None
	assert not supervisor.stop("sleeper")


def test_a_reused_process_id_is_never_taken_for_ours(supervisor: services.Supervisor):
	supervisor.folder.mkdir(parents=True)
	entry = {"pid": os.getpid(), "started": "1"}
	(supervisor.folder / "sleeper.json").write_text(json.dumps(entry), "utf-8")
	assert supervisor.pid("sleeper") is None
	assert not supervisor.stop("sleeper")


def test_a_server_that_ends_at_once_is_an_error_with_its_log(supervisor: services.Supervisor):
	service = services.Service(
		name="broken",
		argv=[sys.executable, "-c", "print('no socket', flush=True); raise SystemExit(2)"],
		cwd=Path("/"),
		ready=lambda: False,
	)
	with pytest.raises(StackError, match="ended at once") as failed:
		supervisor.start(service)
	assert "no socket" in failed.value.remedy
	assert supervisor.pid("broken") is None


def test_a_server_that_does_not_listen_to_reason_is_killed(supervisor: services.Supervisor):
	code = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
	log = supervisor.log_path("sleeper")
	service = services.Service(
		name="sleeper",
		argv=[sys.executable, "-c", code],
		cwd=Path("/"),
		ready=lambda: log.exists() and "up" in log.read_text("utf-8"),
	)
	supervisor.start(service)
	assert supervisor.stop("sleeper", signal.SIGTERM, seconds=0.3)
	assert supervisor.pid("sleeper") is None


def test_servers_stop_in_the_opposite_order_of_their_start():
	assert web.ORDER[0] == "mariadb" and web.ORDER[-1] == "proxy"


def test_the_proxy_never_believes_the_callers_own_address():
	text = web.TEMPLATE.read_text("utf-8")
	assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
	assert "proxy_add_x_forwarded_for" not in text


def test_no_helper_leaves_the_standard_library():
	import ast

	allowed = set(sys.stdlib_module_names)
	wrong = []
	for path in sorted((ROOT / "tools" / "stack").glob("*.py")):
		for node in ast.walk(ast.parse(path.read_text("utf-8"))):
			names = []
			if isinstance(node, ast.Import):
				names = [alias.name for alias in node.names]
			elif isinstance(node, ast.ImportFrom) and not node.level:
				names = [node.module or ""]
			wrong += [f"{path.name}: {name}" for name in names if name.split(".")[0] not in allowed]
	assert not wrong


def test_a_snap_is_not_taken_for_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
	stub = tmp_path / "chromium"
	stub.write_text("#!/bin/sh\nexec /snap/bin/chromium\n", "utf-8")
	stub.chmod(0o755)
	monkeypatch.setenv("PATH", str(tmp_path))
	assert system.find_browser() is None
	stub.write_text("#!/bin/sh\nexec /opt/chromium\n", "utf-8")
	assert system.find_browser() == str(stub)


def test_an_interrupted_command_ends_with_all_it_started(tmp_path: Path):
	pid_file = tmp_path / "pid"
	inner = f"import os,time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
	outer = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {inner!r}])"

	class Impatient(Report):
		def progress(self, text: str = "") -> None:
			if pid_file.exists() and pid_file.read_text():
				raise KeyboardInterrupt

	with pytest.raises(KeyboardInterrupt):
		runner.run(
			Impatient(tmp_path / "up.log", io.StringIO()), [sys.executable, "-c", outer], own_session=True
		)
	assert services._wait_gone(int(pid_file.read_text()), 5)


@pytest.mark.parametrize(
	("kinds", "rest", "whole"),
	[
		(["unit", "lint", "bench", "browser"], ["-q", "--durations=5"], True),
		(["bench"], [], False),
		(["unit", "lint", "bench", "browser"], ["tests/bench/test_chain_rest.py"], False),
		(["unit", "lint", "bench", "browser"], ["-k", "conversion"], False),
	],
)
def test_only_a_whole_run_starts_on_a_new_site(kinds, rest, whole):
	assert testing.is_whole_run(kinds, rest) is whole


def test_everything_is_run_in_two_lanes_and_a_part_in_one(monkeypatch):
	monkeypatch.delenv("SKYCRM_TEST_LANES", raising=False)
	monkeypatch.setattr(testing.os, "cpu_count", lambda: 2)
	assert testing.lanes("t.localhost", testing.KINDS, []) == ["t.localhost", "t-2.localhost"]
	assert testing.lanes("t.localhost", ["bench"], []) == ["t.localhost"]
	monkeypatch.setattr(testing.os, "cpu_count", lambda: 1)
	assert testing.lanes("t.localhost", testing.KINDS, []) == ["t.localhost"]
	monkeypatch.setattr(testing.os, "cpu_count", lambda: 2)
	monkeypatch.setenv("SKYCRM_TEST_LANES", "1")
	assert testing.lanes("t.localhost", testing.KINDS, []) == ["t.localhost"]
