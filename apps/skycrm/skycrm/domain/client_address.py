"""Which network address a request really came from, whatever its headers claim.

A proxy writes the address that it saw at the end of X-Forwarded-For (or in place of it); everything further left came
from outside and can be made up. So the entries are counted from the right, one for each proxy of our own.
"""

import ipaddress

# Somebody has a whole network of IPv6 addresses at home: RFC 6177 gives a site at least a /64.
IPV6_PREFIX = 64
UNKNOWN = "unknown"
# RFC 1918 and RFC 4193. Python's `is_private` counts more, the networks of examples among them.
_PRIVATE = tuple(
	ipaddress.ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(remote: str, forwarded: str | None, trusted_hops: int) -> str:
	"""The address of the nearest machine that is not a proxy of ours.

	Args:
		remote: the peer of the connection as the server saw it; empty for a unix socket, which only this machine can open.
		forwarded: the X-Forwarded-For header, several joined with commas.
		trusted_hops: how many proxies of ours a request passes; 0 believes no header.

	Returns:
		The address in its shortest spelling, an IPv4 address inside IPv6 as IPv4. "unknown" when nothing can be read.
	"""
	peer = _parse(remote)
	if trusted_hops < 1 or not _is_own(remote, peer):
		return _spelled(peer)
	chain = [part for part in (forwarded or "").split(",") if part.strip()]
	if not chain:
		return _spelled(peer)
	# Fewer entries than proxies: the leftmost was written by one of them, for each adds one.
	claimed = _parse(chain[max(len(chain) - trusted_hops, 0)])
	return _spelled(claimed or peer)


def counting_key(address: str) -> str:
	"""What calls are counted by: an IPv4 address, the /64 network of an IPv6 address, or the text itself."""
	parsed = _parse(address)
	if isinstance(parsed, ipaddress.IPv6Address):
		return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
	return _spelled(parsed) if parsed else address or UNKNOWN


def _is_own(remote: str, peer: Address | None) -> bool:
	"""Whether the peer can be a proxy of ours: on this machine or in a private network."""
	if peer is None:
		return not (remote or "").strip()
	return peer.is_loopback or peer.is_link_local or any(peer in network for network in _PRIVATE)


def _parse(text: str | None) -> Address | None:
	"""An address out of "1.2.3.4", "1.2.3.4:80", "[::1]:80" or "::1%eth0"; None for anything else."""
	text = (text or "").strip().strip('"')
	if text.startswith("["):
		text = text[1:].partition("]")[0]
	elif text.count(":") == 1:
		text = text.partition(":")[0]
	try:
		parsed = ipaddress.ip_address(text.partition("%")[0])
	except ValueError:
		return None
	if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
		return parsed.ipv4_mapped
	return parsed


def _spelled(address: Address | None) -> str:
	return str(address) if address else UNKNOWN
