"""Choosing TCP ports: a default when it is free, else the next free one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Container


def is_free(port: int, host: str = "127.0.0.1") -> bool:
	"""Whether nobody listens on the port and it can be bound."""
	for family, address in ((socket.AF_INET, host), (socket.AF_INET6, "::1")):
		try:
			with socket.socket(family, socket.SOCK_STREAM) as probe:
				probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
				probe.bind((address, port))
		except OSError:
			if family == socket.AF_INET:
				return False
			if is_open(port, address):
				return False
	return True


def is_open(port: int, host: str = "127.0.0.1", timeout: float = 1.0) -> bool:
	"""Whether something answers on the port."""
	try:
		with socket.create_connection((host, port), timeout):
			return True
	except OSError:
		return False


def choose(
	default: int, used: Container[int], free: Callable[[int], bool] = is_free, tries: int = 200
) -> int:
	"""Return the first port from `default` upwards that is free and not in `used`.

	:raises RuntimeError: when `tries` ports in a row are taken.
	"""
	for port in range(default, default + tries):
		if port not in used and port <= 65535 and free(port):
			return port
	raise RuntimeError(f"no free port from {default} to {default + tries - 1}")
