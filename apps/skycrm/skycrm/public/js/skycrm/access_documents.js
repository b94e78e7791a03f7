// The document types whose records belong to somebody; the server's list is permissions/governed.py.
frappe.provide("skycrm.access");

skycrm.access.document_types = [
	"Sky Lead",
	"Sky Opportunity",
	"Sky Issue",
	"Sky Campaign",
	"Sky Segment",
];
