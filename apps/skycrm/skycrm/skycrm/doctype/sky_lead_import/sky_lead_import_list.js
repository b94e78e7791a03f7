frappe.listview_settings["Sky Lead Import"] = {
	get_indicator(doc) {
		const colors = {
			Draft: "gray",
			Checking: "blue",
			Checked: "cyan",
			Queued: "orange",
			Running: "blue",
			Done: "green",
			Stopped: "yellow",
			Failed: "red",
		};
		return [__(doc.status), colors[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
