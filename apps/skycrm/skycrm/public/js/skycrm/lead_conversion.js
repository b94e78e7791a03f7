// Converting a lead: what would be made or reused is shown first, another record can be chosen, then one click does it.
frappe.provide("skycrm.lead_conversion");

skycrm.lead_conversion.API = "skycrm.api.v1.leads";

skycrm.lead_conversion.open = (frm) => new skycrm.lead_conversion.Dialog(frm);

skycrm.lead_conversion.Dialog = class {
	constructor(frm) {
		this.frm = frm;
		this.asked = 0;
		this.dialog = new frappe.ui.Dialog({
			title: __("Convert {0}", [
				frappe.utils.escape_html(
					frm.doc.lead_name || frm.doc.organization || frm.doc.name
				),
			]),
			size: "large",
			fields: this.fields(),
			primary_action_label: __("Convert"),
			primary_action: () => this.convert(),
			secondary_action_label: __("Cancel"),
			secondary_action: () => this.dialog.hide(),
		});
		this.dialog.get_primary_btn().prop("disabled", true);
		this.dialog.fields_dict.problems.$wrapper.html(
			`<p class="text-muted">${__("Looking for records that are known already")}…</p>`
		);
		this.dialog.show();
		this.preview();
	}

	fields() {
		const again = () => this.preview();
		return [
			{ fieldname: "problems", fieldtype: "HTML" },
			{ fieldname: "customer_html", fieldtype: "HTML" },
			{ fieldname: "contact_html", fieldtype: "HTML" },
			{ fieldname: "address_html", fieldtype: "HTML" },
			{ fieldname: "opportunity_html", fieldtype: "HTML" },
			{ fieldname: "carried_html", fieldtype: "HTML" },
			{ fieldtype: "Section Break", label: __("Use other records"), collapsible: 1 },
			{
				fieldname: "customer",
				fieldtype: "Link",
				options: "Customer",
				label: __("Use this customer"),
				onchange: again,
			},
			{
				fieldname: "contact",
				fieldtype: "Link",
				options: "Contact",
				label: __("Use this contact"),
				get_query: () => this.contact_query(),
				onchange: again,
			},
			{ fieldtype: "Column Break" },
			{
				fieldname: "create_opportunity",
				fieldtype: "Check",
				label: __("Make an opportunity"),
				default: 1,
				onchange: again,
			},
			{
				fieldname: "opportunity",
				fieldtype: "Link",
				options: "Sky Opportunity",
				label: __("Use this opportunity"),
				depends_on: "eval:doc.create_opportunity",
				get_query: () => this.opportunity_query(),
				onchange: again,
			},
		];
	}

	contact_query() {
		const customer = this.dialog.get_value("customer");
		return customer
			? {
					query: "frappe.contacts.doctype.contact.contact.contact_query",
					filters: { link_doctype: "Customer", link_name: customer },
				}
			: {};
	}

	opportunity_query() {
		const filters = { status: "Open" };
		const customer = this.dialog.get_value("customer");
		if (customer) filters.customer = customer;
		return { filters };
	}

	wish() {
		const values = this.dialog.get_values(true) || {};
		const create = values.create_opportunity ? 1 : 0;
		return {
			lead: this.frm.doc.name,
			create_opportunity: create,
			customer: values.customer || null,
			contact: values.contact || null,
			opportunity: (create && values.opportunity) || null,
		};
	}

	async preview() {
		const number = ++this.asked;
		this.dialog.get_primary_btn().prop("disabled", true);
		let answer;
		try {
			answer = await frappe.xcall(
				`${skycrm.lead_conversion.API}.preview_conversion`,
				this.wish()
			);
		} catch {
			// The server has said why; what is shown belongs to an earlier choice.
			return;
		}
		if (number !== this.asked) return;
		if (answer.converted) {
			this.dialog.hide();
			this.frm.reload_doc();
			return;
		}
		this.show(answer);
		this.dialog.get_primary_btn().prop("disabled", !answer.ready);
	}

	show(answer) {
		const html = (fieldname, content) =>
			this.dialog.fields_dict[fieldname].$wrapper.html(content);
		const problems = (answer.problems || []).map((problem) => `<li>${problem}</li>`).join("");
		html(
			"problems",
			problems
				? `<div class="alert alert-danger"><b>${__("This is missing before the lead can be converted:")}</b>
					<ul style="margin: 0; padding-left: 1.2em">${problems}</ul></div>`
				: ""
		);
		["customer", "contact", "address", "opportunity"].forEach((part) =>
			html(`${part}_html`, skycrm.lead_conversion.part_html(answer[part], answer.title))
		);
		html("carried_html", skycrm.lead_conversion.carried_html(answer.carried));
		this.dialog.$wrapper.find(".skycrm-use").on("click", (event) => {
			const { part, name } = event.currentTarget.dataset;
			const field = {
				Customer: "customer",
				Contact: "contact",
				"Sky Opportunity": "opportunity",
			}[part];
			if (field) this.dialog.set_value(field, name);
			return false;
		});
	}

	async convert() {
		this.dialog.get_primary_btn().prop("disabled", true);
		let made;
		try {
			made = await frappe.xcall(`${skycrm.lead_conversion.API}.convert`, this.wish());
		} catch {
			this.dialog.get_primary_btn().prop("disabled", false);
			return;
		}
		this.dialog.hide();
		frappe.show_alert({ message: __("The lead is converted."), indicator: "green" });
		frappe.model.clear_doc(this.frm.doctype, this.frm.doc.name);
		if (made.opportunity) {
			frappe.set_route("Form", "Sky Opportunity", made.opportunity);
		} else {
			frappe.set_route("Form", "Customer", made.customer);
		}
	}
};

// What a new record will be called, from the fields that it will have.
skycrm.lead_conversion.new_title = (part, person) => {
	if (part.doctype === "Contact") return person || "";
	const fields = {
		Customer: ["customer_name"],
		Address: ["address_line1", "city", "state"],
		"Sky Opportunity": ["title"],
	}[part.doctype];
	return (fields || [])
		.map((name) => (part.fields || []).find((row) => row.fieldname === name)?.value)
		.filter(Boolean)
		.join(", ");
};

skycrm.lead_conversion.part_html = (part, person) => {
	if (!part) return "";
	const text = frappe.utils.escape_html;
	const words = {
		create: [__("new"), "green"],
		reuse: [__("known already"), "blue"],
		chosen: [__("chosen by you"), "purple"],
		skip: [__("not made"), "gray"],
	};
	const [word, color] = words[part.action] || [part.action, "gray"];
	const link = part.name
		? `<a href="${frappe.utils.get_form_link(part.doctype, part.name)}" target="_blank">${text(part.title || part.name)}</a>`
		: `<b>${text(part.action === "create" ? skycrm.lead_conversion.new_title(part, person) : "")}</b>`;
	const list = (rows) =>
		(rows || [])
			.filter((row) => row.value !== 0)
			.map(
				(
					row
				) => `<tr><td class="text-muted" style="width: 35%">${text(row.label || row.fieldname)}</td>
					<td>${skycrm.lead_conversion.value_html(row.value)}</td></tr>`
			)
			.join("");
	const adds = list(part.adds);
	const others = (part.candidates || []).filter((candidate) => !candidate.used);
	const candidates = others
		.map(
			(candidate) => `<li>${text(candidate.title || candidate.name)}
				<span class="text-muted">${candidate.reason}</span>
				<a href="#" class="skycrm-use" data-part="${text(part.doctype)}"
					data-name="${text(candidate.name)}">${__("Use this one")}</a></li>`
		)
		.join("");
	const fields = list(part.fields);
	return `<div class="frappe-card" style="padding: var(--padding-sm) var(--padding-md); margin-bottom: var(--margin-sm)">
		<div><span class="text-muted">${__(part.doctype)}</span>
			<span class="indicator-pill ${color}">${word}</span> ${link}</div>
		<div class="text-muted small">${text(part.text || "")}</div>
		${part.ambiguous ? `<div class="text-warning small">${__("Several records fit equally well: check the choice.")}</div>` : ""}
		${fields ? `<details><summary class="small">${__("Fields")}</summary><table class="table table-sm">${fields}</table></details>` : ""}
		${adds ? `<div class="small">${__("Added to it:")}</div><table class="table table-sm">${adds}</table>` : ""}
		${candidates ? `<div class="small">${__("Others that resemble it:")}</div><ul class="small">${candidates}</ul>` : ""}
	</div>`;
};

// A value is plain, or rows of a table, each a list of {label, value}.
skycrm.lead_conversion.value_html = (value) => {
	const text = frappe.utils.escape_html;
	if (!Array.isArray(value)) return value === 1 ? __("Yes") : text(String(value ?? ""));
	return value
		.map((row) => {
			const cells = Array.isArray(row)
				? row
				: Object.values(row || {}).map((cell) => ({ value: cell }));
			const shown = cells
				.filter((cell) => cell.value !== 0 && cell.value !== null && cell.value !== "")
				.map((cell) =>
					cell.value === 1 && cell.label ? text(cell.label) : text(String(cell.value))
				);
			return `<div>${shown.join(" · ")}</div>`;
		})
		.join("");
};

skycrm.lead_conversion.carried_html = (counts) => {
	const labels = {
		comments: __("comments"),
		communications: __("messages"),
		files: __("files"),
		events: __("events"),
		todos: __("to-dos"),
		tags: __("tags"),
		followers: __("followers"),
		shares: __("shares"),
		assignments: __("assignments"),
	};
	const parts = Object.entries(counts || {})
		.filter(([, count]) => count)
		.map(([kind, count]) => `${count} ${labels[kind] || __(kind)}`);
	return parts.length
		? `<p class="small text-muted">${__("Taken along: {0}", [parts.join(", ")])}</p>`
		: "";
};

// Undoing it
// ----------

skycrm.lead_conversion.undo = (frm) => {
	frappe.confirm(
		__(
			"Undo the conversion of {0}? What the conversion made is deleted, what it changed is put back, and the lead is open again. This is not possible once a quotation, an order or anything else builds on it.",
			[frappe.utils.escape_html(frm.doc.lead_name || frm.doc.name).bold()]
		),
		() =>
			frappe
				.xcall(`${skycrm.lead_conversion.API}.undo_conversion`, { lead: frm.doc.name })
				.then(() => {
					frappe.show_alert({
						message: __("The lead is open again."),
						indicator: "green",
					});
					frm.reload_doc();
				})
	);
};
