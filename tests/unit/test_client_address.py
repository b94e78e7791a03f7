"""Which address a request comes from: headers made up outside never count."""

import pytest

from skycrm.domain.client_address import UNKNOWN, client_address, counting_key


@pytest.mark.parametrize(
	("remote", "forwarded", "hops", "address"),
	[
		# One proxy that writes the header anew, over a unix socket or this machine's own address
		("", "203.0.113.5", 1, "203.0.113.5"),
		("127.0.0.1", "203.0.113.5", 1, "203.0.113.5"),
		("::1", "203.0.113.5", 1, "203.0.113.5"),
		("10.0.0.2", "203.0.113.5", 1, "203.0.113.5"),
		# One that appends: what stands further left came from outside
		("", "1.1.1.1, 203.0.113.5", 1, "203.0.113.5"),
		("", "127.0.0.1,10.0.0.1,203.0.113.5", 1, "203.0.113.5"),
		# Two proxies
		("", "1.1.1.1, 203.0.113.5, 198.51.100.1", 2, "203.0.113.5"),
		("", "203.0.113.5", 2, "203.0.113.5"),
		# None, or a peer that is no proxy of ours
		("203.0.113.5", "1.1.1.1", 0, "203.0.113.5"),
		("127.0.0.1", "1.1.1.1", 0, "127.0.0.1"),
		("203.0.113.5", "1.1.1.1", 1, "203.0.113.5"),
		("127.0.0.1", None, 1, "127.0.0.1"),
		("127.0.0.1", " , ,", 1, "127.0.0.1"),
		# Spellings
		("", "203.0.113.5:4711", 1, "203.0.113.5"),
		("", "[2001:DB8::1]:80", 1, "2001:db8::1"),
		("", "2001:0db8:0:0:0:0:0:1", 1, "2001:db8::1"),
		("", "::ffff:203.0.113.5", 1, "203.0.113.5"),
		("::ffff:127.0.0.1", "203.0.113.5", 1, "203.0.113.5"),
		("fe80::1%eth0", "203.0.113.5", 1, "203.0.113.5"),
		# Nothing to read
		("", "<script>", 1, UNKNOWN),
		("127.0.0.1", "<script>", 1, "127.0.0.1"),
		("", None, 1, UNKNOWN),
		("nonsense", "203.0.113.5", 1, UNKNOWN),
	],
)
def test_the_address(remote, forwarded, hops, address):
	assert client_address(remote, forwarded, hops) == address


@pytest.mark.parametrize(
	("address", "key"),
	[
		("203.0.113.5", "203.0.113.5"),
		("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
		("2001:db8:1:2::", "2001:db8:1:2::/64"),
		("unknown", "unknown"),
		("", "unknown"),
	],
)
def test_what_is_counted_by(address, key):
	assert counting_key(address) == key
