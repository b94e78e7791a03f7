// What the assignment rules say about one lead, as HTML: in the form of the lead and in the trial of a rule.
frappe.provide("skycrm");

skycrm.assignment_answer = (row) => {
	const text = frappe.utils.escape_html;
	const who = row.user ? row.user_name : __("Nobody yet");
	const when = row.decided_on
		? `<div class="text-muted small">${frappe.datetime.str_to_user(row.decided_on)}</div>`
		: "";
	const by = row.rule ? `<div>${__("Rule")}: ${text(row.rule)}</div>` : "";
	const rows = row.passed_over
		.map(
			(one) => `<tr>
				<td>${text(one.name)}</td><td>${text(one.reason)}</td><td class="text-muted">${text(one.rule)}</td>
			</tr>`
		)
		.join("");
	const others = rows
		? `<table class="table table-sm mt-3">
			<thead><tr><th>${__("Not chosen")}</th><th>${__("Reason")}</th><th>${__("Rule")}</th></tr></thead>
			<tbody>${rows}</tbody>
		</table>`
		: "";
	return `<div class="skycrm-decision">${when}<h5>${text(who)}</h5>${by}<div>${text(
		row.reason
	)}</div>${others}</div>`;
};
