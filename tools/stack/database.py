"""The embedded MariaDB: its own data directory, port and socket under the bench; or an external one."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import ports
from .context import Context
from .errors import StackError
from .services import Service

DEFAULT_PORT = 13306
SOCKET_PATH_LIMIT = 100

CONFIG = """# Written by bin/up: the bench's own server. Reads no other file and touches no other server.
[mariadbd]
datadir = {folder}/data
socket = {socket}
pid-file = {folder}/mariadbd.pid
log-error = {log}
tmpdir = {folder}/tmp
bind-address = 127.0.0.1
port = {port}
skip-name-resolve
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
character-set-client-handshake = FALSE
innodb_buffer_pool_size = 256M
innodb_log_file_size = 96M
max_allowed_packet = 64M
max_connections = 120
# A table held by a forgotten transaction ends a migrate with an error instead of stopping it for a day
lock_wait_timeout = 180
performance_schema = OFF
table_definition_cache = 4000
table_open_cache = 2000

[client]
socket = {socket}
user = root
"""


def folder(context: Context) -> Path:
	"""Return the folder of the embedded server."""
	return context.bench / "config" / "mariadb"


def socket_path(context: Context) -> Path:
	"""Return the socket: under the bench, or in /tmp where that path is too long for the kernel."""
	path = folder(context) / "mariadb.sock"
	if len(str(path)) <= SOCKET_PATH_LIMIT:
		return path
	name = hashlib.sha256(str(path).encode()).hexdigest()[:12]
	return Path(f"/tmp/skycrm-{os.getuid()}-{name}.sock")


def is_external(context: Context) -> bool:
	"""Whether this bench uses a server that is not ours (DB_HOST now, or at an earlier run)."""
	return context.config.external_database or context.state.get("database") == "external"


def connection(context: Context) -> tuple[str, int, str]:
	"""Return host, port and root password of the server in use."""
	config, state = context.config, context.state
	if config.external_database:
		return config.db_host, config.db_port, config.db_root_password
	if state.get("database") == "external":
		return state.get("db_host"), state.get("db_port"), state.get("db_root_password", "")
	return "127.0.0.1", state.get("db_port"), state.secret("db_root_password")


def service(context: Context) -> Service:
	"""Return the embedded server as a service."""
	port = context.state.get("db_port")
	return Service(
		name="mariadb",
		argv=[program("mariadbd", "mysqld"), f"--defaults-file={folder(context)}/my.cnf"],
		cwd=context.bench,
		ready=lambda: ports.is_open(port),
		seconds_to_start=120,
		seconds_to_stop=60,
	)


def prepare(context: Context) -> None:
	"""Make the data directory and the settings of the embedded server, once.

	:raises StackError: when the server's programs are missing or it cannot be initialised.
	"""
	state = context.state
	if not state.get("db_port"):
		state.set(database="embedded", db_port=ports.choose(DEFAULT_PORT, set()))
	home = folder(context)
	for part in ("data", "tmp"):
		(home / part).mkdir(parents=True, exist_ok=True)
	(home / "data").chmod(0o700)
	write_if_changed(
		home / "my.cnf",
		CONFIG.format(
			folder=home,
			socket=socket_path(context),
			log=context.bench / "logs" / "skycrm-mariadb.log",
			port=state.get("db_port"),
		),
	)
	(context.bench / "logs").mkdir(exist_ok=True)
	if state.get("db_initialised"):
		return
	# An interrupted initialisation leaves half a directory: nothing of value can be in it yet
	shutil.rmtree(home / "data")
	(home / "data").mkdir(mode=0o700)
	context.run(
		program("mariadb-install-db", "mysql_install_db"),
		f"--defaults-file={home}/my.cnf",
		f"--datadir={home}/data",
		"--auth-root-authentication-method=normal",
		"--skip-test-db",
		what="setting up the database server",
	)
	state.set(db_initialised=True)


def secure(context: Context) -> None:
	"""Give root its password and remove nameless accounts, through the socket, once."""
	if context.state.get("db_secured"):
		return
	password = quote(context.state.secret("db_root_password"))
	statements = (
		"DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host NOT IN ('localhost'));"
		"FLUSH PRIVILEGES;"
		f"CREATE OR REPLACE USER 'root'@'127.0.0.1' IDENTIFIED BY {password};"
		"GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;"
		f"ALTER USER 'root'@'localhost' IDENTIFIED BY {password};"
	)
	try:
		_client(context, statements, use_socket=True)
	except StackError:
		# The password was set by a run that was interrupted before it wrote that down
		query(context, "SELECT 1")
	context.state.set(db_secured=True)


def check_external(context: Context) -> None:
	"""Make sure the external server answers and the password is right, then remember it.

	:raises StackError: with the variables to correct.
	"""
	host, port, password = connection(context)
	remedy = "Check DB_HOST, DB_PORT and DB_ROOT_PASSWORD; the user is root."
	if not ports.is_open(port, host, timeout=5):
		raise StackError(f"The database server {host}:{port} does not answer.", remedy)
	try:
		charset = query(context, "SELECT @@character_set_server, @@version")
	except StackError as error:
		raise StackError(
			f"The database server {host}:{port} refuses root: {error.message}", remedy
		) from error
	if "utf8mb4" not in charset:
		raise StackError(
			f"The database server {host}:{port} does not use utf8mb4.",
			"Set character-set-server=utf8mb4 and collation-server=utf8mb4_unicode_ci there.",
		)
	context.state.set(database="external", db_host=host, db_port=port, db_root_password=password)


def query(context: Context, statements: str, database: str = "") -> str:
	"""Run SQL as root and return the rows, tab separated.

	:raises StackError: with the server's message.
	"""
	return _client(context, statements, database=database)


def dump(context: Context, database: str, target: Path) -> None:
	"""Write a database to a file, whole or not at all."""
	temporary = target.with_suffix(".part")
	with defaults_file(context) as options:
		context.run(
			program("mariadb-dump", "mysqldump"),
			f"--defaults-extra-file={options}",
			"--single-transaction",
			"--quick",
			"--skip-comments",
			f"--result-file={temporary}",
			database,
			what="dumping the database",
		)
	temporary.replace(target)


def restore(context: Context, database: str, user: str, password: str, source: Path) -> None:
	"""Make a database and its user afresh, and fill it from a dump."""
	query(
		context,
		f"DROP DATABASE IF EXISTS `{database}`;"
		f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
		f"CREATE OR REPLACE USER '{user}'@'%' IDENTIFIED BY {quote(password)};"
		f"GRANT ALL PRIVILEGES ON `{database}`.* TO '{user}'@'%';",
	)
	with defaults_file(context) as options:
		context.run(
			program("mariadb", "mysql"),
			f"--defaults-extra-file={options}",
			database,
			stdin=source,
			what="filling the database",
		)


class defaults_file:
	"""A client options file that exists only while it is needed, readable by us alone."""

	def __init__(self, context: Context) -> None:
		self.context = context
		self.path = context.config.private / f"client-{os.getpid()}.cnf"

	def __enter__(self) -> Path:
		host, port, password = connection(self.context)
		self.path.parent.mkdir(parents=True, exist_ok=True)
		descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
		with os.fdopen(descriptor, "w") as file:
			escaped = password.replace("\\", "\\\\").replace('"', '\\"')
			file.write(f'[client]\nhost={host}\nport={port}\nuser=root\npassword="{escaped}"\nprotocol=tcp\n')
		return self.path

	def __exit__(self, *_exc: object) -> None:
		self.path.unlink(missing_ok=True)


def _client(context: Context, statements: str, database: str = "", use_socket: bool = False) -> str:
	client = program("mariadb", "mysql")
	if use_socket:
		argv = [client, "--no-defaults", "-N", "-B", "-u", "root", f"--socket={socket_path(context)}"]
		return _feed(context, argv, statements)
	with defaults_file(context) as options:
		argv = [client, f"--defaults-extra-file={options}", "-N", "-B"]
		return _feed(context, [*argv, database] if database else argv, statements)


def _feed(context: Context, argv: list[str], statements: str) -> str:
	done = subprocess.run(
		argv, input=statements, env=context.env(), capture_output=True, text=True, check=False
	)
	if done.returncode:
		raise StackError(done.stderr.strip() or "the database client failed")
	return done.stdout


def quote(value: str) -> str:
	"""Return an SQL string literal."""
	return "'" + re.sub(r"([\\'])", r"\\\1", value) + "'"


def program(*names: str) -> str:
	"""Return the full path of the first program that exists; servers live in sbin on some systems.

	:raises StackError: when none of them is installed.
	"""
	path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
	for name in names:
		if found := shutil.which(name, path=path):
			return found
	raise StackError(f"The program {names[0]} is not installed.", "Run bin/up: it installs what is missing.")


def write_if_changed(path: Path, text: str) -> bool:
	"""Write a file unless it already says so; returns whether it was written."""
	try:
		if path.read_text("utf-8") == text:
			return False
	except FileNotFoundError:
		pass
	path.parent.mkdir(parents=True, exist_ok=True)
	path.write_text(text, "utf-8")
	return True
