frappe.listview_settings["Sky Score Run"] = {
	get_indicator(doc) {
		const colors = { Queued: "gray", Running: "blue", Done: "green", Failed: "red" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
