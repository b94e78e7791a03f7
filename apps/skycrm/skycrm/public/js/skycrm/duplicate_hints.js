// While a new lead is typed: who it may be already. A hint, never an obstacle.
frappe.provide("skycrm.duplicate_hints");

skycrm.duplicate_hints.FIELDS = [
	"email_id",
	"mobile_no",
	"phone",
	"tax_id",
	"lead_name",
	"organization",
];
skycrm.duplicate_hints.WAIT_MS = 400;

skycrm.duplicate_hints.labels = () => ({
	email_id: __("same email"),
	mobile_no: __("same phone number"),
	phone: __("same phone number"),
	tax_id: __("same tax code"),
	lead_name: __("same name"),
	organization: __("same organization"),
});

skycrm.duplicate_hints.near_labels = () => ({
	lead_name: __("similar name"),
	organization: __("similar organization"),
});

// A form and the quick entry dialog both say how to read a field, and where to show the hint.
skycrm.duplicate_hints.Watcher = class {
	constructor({ get, wrapper }) {
		this.get = get;
		this.$wrapper = $(wrapper);
		this.dismissed = new Set();
		this.asked = 0;
		this.check = frappe.utils.debounce(() => this.ask(), skycrm.duplicate_hints.WAIT_MS);
	}

	async ask() {
		const args = {};
		skycrm.duplicate_hints.FIELDS.forEach((fieldname) => {
			const value = (this.get(fieldname) || "").trim();
			// Fewer letters than these match half the country.
			if (value.length >= 4) args[fieldname] = value;
		});
		const number = ++this.asked;
		let found = [];
		if (Object.keys(args).length) {
			// A half-typed number or address is no duplicate and no error to tell about.
			found = await new Promise((resolve) =>
				frappe.call({
					method: "skycrm.api.v1.leads.find_duplicates",
					args: { ...args, limit: 5 },
					silent: true,
					callback: (r) => resolve(r.message || []),
					error: () => resolve([]),
				})
			);
		}
		// An answer that comes after a later question is out of date.
		if (number === this.asked) this.show(found);
	}

	show(found) {
		const shown = found.filter((row) => !this.dismissed.has(`${row.doctype}/${row.name}`));
		if (!shown.length) {
			this.$wrapper.empty();
			return;
		}
		const labels = skycrm.duplicate_hints.labels();
		const near = skycrm.duplicate_hints.near_labels();
		const label = (row, field) => (row.near?.[field] && near[field]) || labels[field];
		const matches = (row) =>
			[...new Set((row.matched_on || []).map((field) => label(row, field)))]
				.filter(Boolean)
				.join(", ");
		const rows = shown
			.map(
				(row) => `<li>
					<a href="${frappe.utils.get_form_link(row.doctype, row.name)}" target="_blank">
						<b>${frappe.utils.escape_html(row.title || row.name)}</b></a>
					<span class="text-muted">${__(row.doctype)} · ${matches(row)} · ${__("{0}% sure", [
						cint(row.confidence),
					])}</span>
				</li>`
			)
			.join("");
		this.$wrapper.html(`
			<div class="alert alert-warning skycrm-duplicates" role="status" style="margin-bottom: var(--margin-sm)">
				<button type="button" class="close" aria-label="${__("Close")}">&times;</button>
				<div>${__("This may be somebody you know already:")}</div>
				<ul style="margin: 0; padding-left: 1.2em">${rows}</ul>
			</div>`);
		this.$wrapper.find(".close").on("click", () => {
			shown.forEach((row) => this.dismissed.add(`${row.doctype}/${row.name}`));
			this.$wrapper.empty();
		});
	}
};

skycrm.duplicate_hints.watch_form = (frm) => {
	const field = frm.fields_dict.duplicates_html;
	if (!field) return;
	if (!frm.is_new()) {
		field.$wrapper.empty();
		return;
	}
	if (frm.skycrm_watched !== frm.doc.name) {
		frm.skycrm_watched = frm.doc.name;
		field.$wrapper.empty();
		frm.skycrm_watcher = new skycrm.duplicate_hints.Watcher({
			get: (fieldname) => frm.doc[fieldname],
			wrapper: field.$wrapper,
		});
		// While typing, not only when the field is left.
		skycrm.duplicate_hints.FIELDS.forEach((fieldname) => {
			const input = frm.fields_dict[fieldname]?.$input;
			input?.off("input.skycrm").on("input.skycrm", () => {
				if (!frm.is_new()) return;
				frm.skycrm_typing = { fieldname, value: input.val() };
				frm.skycrm_watcher.get = (name) =>
					frm.skycrm_typing?.fieldname === name
						? frm.skycrm_typing.value
						: frm.doc[name];
				frm.skycrm_watcher.check();
			});
		});
	}
	frm.skycrm_watcher.check();
};
