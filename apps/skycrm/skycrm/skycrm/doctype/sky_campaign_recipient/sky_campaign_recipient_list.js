frappe.listview_settings["Sky Campaign Recipient"] = {
	add_fields: ["status"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Queued: "gray",
			Sending: "blue",
			Sent: "green",
			Bounced: "red",
			Failed: "red",
			Suppressed: "darkgrey",
			"In Doubt": "orange",
		};
		return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
