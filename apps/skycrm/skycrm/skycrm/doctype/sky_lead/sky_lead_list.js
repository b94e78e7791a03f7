// List of leads: converted ones are out of the way, colours say where each stands, many can be given up at once.
frappe.listview_settings["Sky Lead"] = {
	hide_name_column: true,
	hide_name_filter: true,
	add_fields: ["status", "organization", "next_contact_on", "rating", "data_issues", "image"],
	filters: [["status", "!=", "Converted"]],

	get_indicator(doc) {
		const colors = {
			New: "blue",
			Contacted: "orange",
			Nurturing: "yellow",
			Qualified: "green",
			Converted: "purple",
			Unqualified: "gray",
		};
		return [
			__(doc.status, null, "Sky Lead"),
			colors[doc.status] || "gray",
			`status,=,${doc.status}`,
		];
	},

	formatters: {
		score(value) {
			const score = cint(value);
			const color = score >= 70 ? "red" : score >= 40 ? "orange" : "gray";
			const style = `padding: 2px 8px; border-radius: 999px; background: var(--bg-${color}); color: var(--text-on-${color})`;
			return `<span class="skycrm-list-score" style="${style}" title="${__("Score")}">${score}</span>`;
		},
		next_contact_on(value, df, doc) {
			if (!value) return "";
			const open = !["Converted", "Unqualified"].includes(doc.status);
			const late = open && moment(value).isBefore(frappe.datetime.now_datetime());
			const shown = frappe.datetime.str_to_user(value, false);
			// How late counts for what is late, when it is planned for what is to come.
			const words = late ? frappe.datetime.comment_when(value) : shown.replace(/:\d\d$/, "");
			return `<span class="${late ? "text-danger" : ""}" title="${shown}">${words}</span>`;
		},
	},

	onload(listview) {
		skycrm.lead_search.add(listview);
		skycrm.lead_merge.add_to_list(listview);
		if (frappe.model.can_write("Sky Lead")) {
			offer_outcomes(listview);
			skycrm.lead_pool.offer(listview);
		}
		if (frappe.model.can_create("Sky Lead Import")) {
			listview.page.add_menu_item(__("Import from File"), () =>
				frappe.new_doc("Sky Lead Import")
			);
		}
		frappe.ui.keys.add_shortcut({
			shortcut: "alt+k",
			action: () => frappe.set_route("List", "Sky Lead", "Kanban"),
			description: __("Leads as a board"),
			page: listview.page,
		});
	},

	refresh(listview) {
		skycrm.kanban_totals.show(listview);
		skycrm.empty_state.show(listview, {
			title: __("No leads here yet"),
			hint: __(
				"Enter the first person who asked about your products: a name and a phone number are enough."
			),
		});
	},
};

// The framework offers every workflow action for many records at once, but cannot ask for the reason of giving up nor
// convert: its two items do here what the buttons of the form do.
function offer_outcomes(listview) {
	const own = { Unqualified: skycrm.unqualify.many, Converted: skycrm.convert_many };
	const transitions = frappe.workflow.workflows[listview.doctype]?.transitions || [];
	let taken_over = false;
	transitions.forEach(({ action, next_state }) => {
		const $item = listview.workflow_action_items?.[action];
		if (!own[next_state] || !$item) return;
		// The item is its link, or the words inside it when several roles may do the same.
		$item
			.closest("a")
			.off("click")
			.on("click", () => own[next_state](listview));
		taken_over = true;
	});
	if (!taken_over) {
		listview.page.add_actions_menu_item(
			__("Mark Unqualified"),
			() => skycrm.unqualify.many(listview),
			false
		);
	}
}
