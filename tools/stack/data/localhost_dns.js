// Names under .localhost are this machine (RFC 6761), but the C library of many systems does not say so.
// The realtime server asks the site by its own name who a visitor is, so it has to find it.
const dns = require("dns");
const lookup = dns.lookup;

dns.lookup = function (hostname, options, callback) {
	if (typeof hostname === "string" && /(^|\.)localhost$/.test(hostname)) {
		hostname = "127.0.0.1";
	}
	return lookup.call(dns, hostname, options, callback);
};
