// Customer: what it has bought, one click away from the person who is about to call it.
frappe.ui.form.on("Customer", {
	setup(frm) {
		// A lead gets its customer by being converted: no lead can be made from a customer.
		frm.can_make_methods = Object.assign(frm.can_make_methods || {}, {
			"Sky Lead": () => false,
		});
	},
	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_read("Sales Invoice")) {
			return;
		}
		frm.add_custom_button(
			__("Purchase History"),
			() => show_purchase_history(frm),
			__("View")
		);
		if (frappe.model.can_create("Sky Opportunity")) {
			frm.add_custom_button(
				__("Sky Opportunity"),
				() => frappe.new_doc("Sky Opportunity", { customer: frm.doc.name }),
				__("Create")
			);
		}
	},
});

async function show_purchase_history(frm) {
	const answer = await frappe.call({
		method: "skycrm.api.v1.opportunities.purchase_history",
		type: "GET",
		args: { customer: frm.doc.name, limit: 50 },
		freeze: true,
	});
	const history = answer.message;
	const dialog = new frappe.ui.Dialog({
		title: __("What {0} has bought", [
			frappe.utils.escape_html(frm.doc.customer_name || frm.doc.name),
		]),
		size: "extra-large",
		fields: [{ fieldtype: "HTML", fieldname: "history" }],
	});
	dialog.fields_dict.history.$wrapper.html(purchase_history_html(history));
	dialog.show();
}

function purchase_history_html(history) {
	if (!history.invoices.length) {
		return `<p class="text-muted">${__("No submitted invoice yet.")}</p>`;
	}
	const text = frappe.utils.escape_html;
	const money = (value, currency) => format_currency(value, currency);
	const currency = (company) => frappe.get_doc(":Company", company)?.default_currency;
	const quantity = (value) => format_number(value, null, Number.isInteger(value) ? 0 : 3);
	const revenue = Object.entries(history.revenue)
		.map(([company, amount]) => `${text(company)}: <b>${money(amount, currency(company))}</b>`)
		.join("<br>");
	const own_currency = currency(Object.keys(history.revenue)[0]);
	const items = history.items
		.map(
			(row) => `<tr>
				<td><a href="/app/item/${encodeURIComponent(row.item_code)}">${text(row.item_name || row.item_code)}</a></td>
				<td class="text-right">${quantity(row.qty)} ${text(__(row.stock_uom || ""))}</td>
				<td class="text-right">${row.times}</td>
				<td>${row.last_bought_on ? frappe.datetime.str_to_user(row.last_bought_on) : ""}</td>
				<td class="text-right">${money(row.base_net_amount, own_currency)}</td>
			</tr>`
		)
		.join("");
	const invoices = history.invoices
		.map(
			(row) => `<tr>
				<td><a href="/app/sales-invoice/${encodeURIComponent(row.name)}">${text(row.name)}</a></td>
				<td>${frappe.datetime.str_to_user(row.posting_date)}</td>
				<td>${__(row.status)}</td>
				<td class="text-right">${money(row.grand_total, row.currency)}</td>
				<td class="text-right">${money(row.outstanding_amount, row.currency)}</td>
			</tr>`
		)
		.join("");
	// A column of figures is marked by a leading "#".
	const head = (...labels) =>
		`<tr>${labels
			.map((label) =>
				label[0] === "#"
					? `<th class="text-right">${label.slice(1)}</th>`
					: `<th>${label}</th>`
			)
			.join("")}</tr>`;
	return `
		<p>${__("Net revenue")}<br>${revenue}</p>
		<h5>${__("Items")}</h5>
		<table class="table table-sm">
			<thead>${head(
				__("Item"),
				"#" + __("Quantity"),
				"#" + __("Invoices"),
				__("Last bought on"),
				"#" + __("Net amount")
			)}</thead>
			<tbody>${items}</tbody>
		</table>
		<h5>${__("Latest invoices")}</h5>
		<table class="table table-sm">
			<thead>${head(
				__("Invoice"),
				__("Date"),
				__("Status"),
				"#" + __("Amount"),
				"#" + __("Outstanding")
			)}</thead>
			<tbody>${invoices}</tbody>
		</table>`;
}
