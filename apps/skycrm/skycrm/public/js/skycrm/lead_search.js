// One box above the list of leads that takes whatever is at hand: a phone or tax code in any spelling, an e-mail, or
// words of a name without tone marks. The server finds the leads through its indexes; the list shows them.
frappe.provide("skycrm.lead_search");

skycrm.lead_search = {
	add(listview) {
		if (listview.skycrm_search || !listview.page.add_field) return;
		const field = listview.page.add_field({
			fieldtype: "Data",
			fieldname: "skycrm_search",
			label: __("Name, phone, email or tax code"),
			placeholder: __("Name, phone, email or tax code"),
			change: frappe.utils.debounce(() => this.run(listview), 300),
		});
		// Wide enough for what it says.
		field.$wrapper.css({ flex: "0 0 190px", "max-width": "none" });
		// The list takes every field of the page for a filter on a column; this one is none.
		delete listview.page.fields_dict.skycrm_search;
		listview.skycrm_search = { field, text: "", names: null };
		const own_filters = listview.get_filters_for_args.bind(listview);
		listview.get_filters_for_args = () => {
			const names = listview.skycrm_search.names;
			const filters = own_filters();
			return names
				? [...filters, ["Sky Lead", "name", "in", names.length ? names : [""]]]
				: filters;
		};
		// What is found has no place in the address: loaded anew it would be a filter that nobody has set.
		const own_params = listview.get_search_params.bind(listview);
		listview.get_search_params = () => {
			const names = listview.skycrm_search.names;
			listview.skycrm_search.names = null;
			try {
				return own_params();
			} finally {
				listview.skycrm_search.names = names;
			}
		};
		this.keep_order(listview);
	},

	// Lists are asked for from many sides, and answers may come in another order than the questions: one that is older than
	// what is shown is passed over, or it would cover what was found.
	keep_order(listview) {
		let asked = 0;
		let answered = 0;
		let shown = 0;
		const own_no_change = listview.no_change.bind(listview);
		listview.no_change = (args) => {
			if (own_no_change(args)) return true;
			const number = ++asked;
			// Called before the list looks at the answer.
			args.callback = () => (answered = number);
			return false;
		};
		const own_prepare_data = listview.prepare_data.bind(listview);
		listview.prepare_data = (answer) => {
			if (answered < shown) return;
			shown = answered;
			own_prepare_data(answer);
		};
	},

	async run(listview) {
		const search = listview.skycrm_search;
		const text = (search.field.get_value() || "").trim();
		if (text === search.text) return;
		search.text = text;
		const names = text ? await this.find(text) : null;
		// Somebody who types on gets the answer to the last text only.
		if (text !== search.text) return;
		search.names = names;
		listview.start = 0;
		listview.refresh();
	},

	async find(text) {
		const answer = await frappe.xcall("skycrm.api.v1.leads.search", { text, limit: 500 });
		return answer.map((lead) => lead.name);
	},
};
