"""Choosing ports, and telling a free one from a taken one."""

import socket

import pytest
from stack import ports


def test_the_default_is_taken_when_it_is_free():
	assert ports.choose(13306, set(), free=lambda port: True) == 13306


def test_the_next_free_port_follows_a_taken_one():
	assert ports.choose(13306, set(), free=lambda port: port >= 13309) == 13309


def test_ports_given_to_others_are_left_out():
	assert ports.choose(11000, {11000, 11001}, free=lambda port: True) == 11002


def test_it_gives_up_when_nothing_is_free():
	with pytest.raises(RuntimeError):
		ports.choose(11000, set(), free=lambda port: False, tries=5)


def test_no_port_beyond_the_last_one_is_offered():
	with pytest.raises(RuntimeError):
		ports.choose(65530, {*range(65530, 65536)}, free=lambda port: True, tries=50)


def test_a_listening_socket_makes_its_port_taken_and_open():
	with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
		server.bind(("127.0.0.1", 0))
		server.listen()
		port = server.getsockname()[1]
		assert not ports.is_free(port)
		assert ports.is_open(port)
	assert not ports.is_open(port)
	assert ports.is_free(port)
