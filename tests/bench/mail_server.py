"""Mail on this machine: a mailbox spoken to by POP3 or IMAP, and a server that takes mail by SMTP, as far as the framework speaks them."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable
from typing import NamedTuple


class Mailbox:
	"""Mails that wait to be fetched.

	:ivar mails: what is there, as bytes.
	:ivar fetched: how many times each was handed out, by place.
	"""

	def __init__(self, *mails: bytes) -> None:
		self.mails: list[bytes | None] = list(mails)
		self.seen: set[int] = set()
		self.fetched: dict[int, int] = {}

	def waiting(self) -> list[tuple[int, bytes]]:
		"""Return place, from 1, and content of what is there."""
		return [(place, mail) for place, mail in enumerate(self.mails, 1) if mail is not None]

	def take(self, place: int) -> bytes:
		"""Return one mail with line ends of the network."""
		self.fetched[place] = self.fetched.get(place, 0) + 1
		return re.sub(rb"\r?\n", b"\r\n", self.mails[place - 1] or b"")


class _Pop(socketserver.StreamRequestHandler):
	def say(self, text: str | bytes) -> None:
		self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

	def handle(self) -> None:
		# Set where the server is made, below.
		box: Mailbox = self.server.mailbox  # type: ignore[attr-defined]
		deleted: set[int] = set()
		self.say("+OK ready")
		while line := self.rfile.readline():
			word, _space, rest = line.decode().strip().partition(" ")
			if word == "LIST":
				self.say("+OK")
				for place, mail in box.waiting():
					self.say(f"{place} {len(mail)}")
				self.say(".")
			elif word == "RETR":
				self.say("+OK")
				for part in box.take(int(rest)).split(b"\r\n"):
					self.say(b"." + part if part.startswith(b".") else part)
				self.say(".")
			elif word == "DELE":
				deleted.add(int(rest))
				self.say("+OK")
			elif word == "QUIT":
				for place in deleted:
					box.mails[place - 1] = None
				self.say("+OK")
				return
			else:
				self.say("+OK")


class _Imap(socketserver.StreamRequestHandler):
	def say(self, text: str | bytes) -> None:
		self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

	def handle(self) -> None:
		# Set where the server is made, below.
		box: Mailbox = self.server.mailbox  # type: ignore[attr-defined]
		self.say("* OK ready")
		while line := self.rfile.readline():
			tag, _space, command = line.decode().strip().partition(" ")
			upper = command.upper()
			if upper.startswith("CAPABILITY"):
				self.say("* CAPABILITY IMAP4rev1")
			elif upper.startswith("SELECT") or upper.startswith("EXAMINE"):
				self.say(f"* {len(box.waiting())} EXISTS")
				self.say("* FLAGS (\\Seen)")
			elif upper.startswith("STATUS"):
				self.say(f"* STATUS INBOX (UIDVALIDITY 7 UIDNEXT {len(box.mails) + 1})")
			elif upper.startswith("UID SEARCH"):
				unseen = [str(place) for place, _mail in box.waiting() if place not in box.seen]
				self.say("* SEARCH " + " ".join(unseen))
			elif upper.startswith("UID FETCH"):
				place = int(command.split()[2])
				mail = box.take(place)
				self.wfile.write(f"* {place} FETCH (UID {place} FLAGS () BODY[] {{{len(mail)}}}\r\n".encode())
				self.wfile.write(mail + b")\r\n")
			elif upper.startswith("UID STORE"):
				box.seen.add(int(command.split()[2]))
			elif upper.startswith("LOGOUT"):
				self.say("* BYE")
			self.say(f"{tag} OK done")
			if upper.startswith("LOGOUT"):
				return


class MailServer:
	"""Serves a mailbox on a free port until the block ends."""

	def __init__(self, mailbox: Mailbox, kind: str = "pop3") -> None:
		handler = _Imap if kind == "imap" else _Pop
		self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
		self.server.daemon_threads = True
		# What a handler reaches its mailbox by: the library's server has no field for it.
		self.server.mailbox = mailbox  # type: ignore[attr-defined]
		self.port = self.server.server_address[1]

	def __enter__(self) -> MailServer:
		threading.Thread(target=self.server.serve_forever, daemon=True).start()
		return self

	def __exit__(self, *_error: object) -> None:
		self.server.shutdown()
		self.server.server_close()


class Taken(NamedTuple):
	"""A mail that the server took."""

	recipient: str
	content: str


class _Smtp(_Pop):
	def handle(self) -> None:
		# Set where the server is made, below.
		sink: MailSink = self.server.sink  # type: ignore[attr-defined]
		recipients: list[str] = []
		self.say("220 ready")
		while line := self.rfile.readline():
			command = line.decode().strip()
			word = command[:4].upper()
			if word == "RCPT":
				address = command.partition("<")[2].rpartition(">")[0]
				if address in sink.refuses:
					self.say("451 try again later")
					continue
				recipients.append(address)
				self.say("250 OK")
			elif word == "DATA":
				self.say("354 go on")
				content = b""
				while (part := self.rfile.readline()) != b".\r\n":
					content += part
				sink.taken += [Taken(address, content.decode()) for address in recipients]
				sink.after(recipients)
				recipients = []
				self.say("250 OK")
			elif word == "QUIT":
				self.say("221 bye")
				return
			else:
				if word == "RSET":
					recipients = []
				self.say("250 OK")


class MailSink:
	"""Takes mail on a free port until the block ends.

	:ivar taken: what came, in order.
	:ivar refuses: addresses that are turned away for now.
	"""

	def __init__(self, after: Callable[[list[str]], None] = lambda recipients: None) -> None:
		"""Begin to listen; `after` is called with the recipients of each mail before the server says that it has it."""
		self.taken: list[Taken] = []
		self.refuses: set[str] = set()
		self.after = after
		self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
		self.server.daemon_threads = True
		# What a handler reaches its sink by: the library's server has no field for it.
		self.server.sink = self  # type: ignore[attr-defined]
		self.port = self.server.server_address[1]

	def __enter__(self) -> MailSink:
		threading.Thread(target=self.server.serve_forever, daemon=True).start()
		return self

	def __exit__(self, *_error: object) -> None:
		self.server.shutdown()
		self.server.server_close()

	def got(self) -> list[str]:
		"""Return who got mail, in order."""
		return [mail.recipient for mail in self.taken]
