// Reminders at the bottom right of the desk: not in the way, and back again until somebody acts on them.
// Asks once a minute, and at once when the server says that something is due; never while the tab is hidden.

frappe.provide("skycrm.reminders");

skycrm.reminders.EVERY = 60 * 1000;

skycrm.reminders.Panel = class {
	constructor() {
		this.known = new Set();
		this.items = [];
		document.addEventListener("visibilitychange", () => !document.hidden && this.refresh());
		frappe.realtime?.on("skycrm_reminders", () => this.refresh());
		setInterval(() => this.refresh(), skycrm.reminders.EVERY);
		this.refresh();
	}

	async refresh() {
		// Somebody who is choosing something must not have it taken away.
		if (document.hidden || this.busy || this.$panel?.find("select:focus").length) return;
		this.busy = true;
		try {
			const answer = await fetch("/api/method/skycrm.api.v1.reminders.due", {
				headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
			});
			// Signed out, or the server is being restarted: the next minute asks again.
			if (answer.ok) this.show((await answer.json()).message);
		} catch {
			// Offline.
		} finally {
			this.busy = false;
		}
	}

	show({ items, total, sound }) {
		this.items = items;
		const fresh = items.filter((item) => !this.known.has(this.key(item)));
		this.known = new Set(items.map((item) => this.key(item)));
		if (!items.length) {
			this.$panel?.remove();
			this.$panel = null;
			return;
		}
		if (!this.$panel) this.make();
		if (fresh.length && this.folded() && this.opened) this.fold(false);
		this.opened = true;
		if (fresh.length && sound) frappe.utils.play_sound("alert");
		const focus = this.$panel.find(":focus").attr("data-focus");
		this.$panel.find(".title").text(__("Reminders ({0})", [total]));
		this.$panel.find(".skycrm-reminders-body").html(items.map((item) => this.row(item)));
		if (focus) this.$panel.find(`[data-focus="${CSS.escape(focus)}"]`).trigger("focus");
		this.$panel.find(".all-snooze").toggle(items.length > 1);
		this.$panel.find(".all-close").toggle(items.length > 1);
	}

	make() {
		this.$panel = $(`<section class="skycrm-reminders" role="region" aria-live="polite">
			<div class="skycrm-reminders-head">
				<span class="title"></span>
				<button type="button" class="btn btn-xs btn-default fold"></button>
			</div>
			<ul class="skycrm-reminders-body"></ul>
			<div class="skycrm-reminders-foot">
				<select class="all-snooze"></select>
				<button type="button" class="btn btn-xs btn-default all-close"></button>
				<span style="flex: 1"></span>
				<button type="button" class="btn btn-xs btn-default late"></button>
				<button type="button" class="btn btn-xs btn-default wishes"></button>
			</div>
		</section>`).appendTo(document.body);
		const $panel = this.$panel;
		$panel.attr("aria-label", __("Reminders"));
		$panel.find(".fold").on("click", () => this.fold(!this.folded()));
		$panel
			.find(".all-close")
			.text(__("Close All"))
			.on("click", () => this.close(this.items));
		$panel
			.find(".late")
			.text(__("All Overdue"))
			.on("click", () => frappe.set_route("query-report", "Overdue Follow-ups"));
		$panel
			.find(".wishes")
			.text(__("Settings"))
			.on("click", () => this.open_preferences());
		this.fill_choices($panel.find(".all-snooze"), __("Snooze all…"), () => this.items);
		// Escape folds it, as it closes what lies over a page.
		$panel.on("keydown", (event) => {
			if (event.key === "Escape" && !this.folded()) {
				event.stopPropagation();
				this.fold(true);
				$panel.find(".fold").trigger("focus");
			}
		});
		this.fold(localStorage.getItem("skycrm_reminders_folded") === "1");
	}

	row(item) {
		const late = item.overdue ? " overdue" : "";
		const $row = $(`<li class="skycrm-reminder">
			<a class="subject"></a>
			<div class="text-muted small"><span class="when${late}"></span> · <span class="what"></span></div>
			<div class="acts"><select></select><button type="button" class="btn btn-xs btn-default close-one"></button></div>
		</li>`);
		const label = this.label(item);
		$row.find(".subject")
			.text(item.subject)
			.attr({
				href: frappe.utils.get_form_link(item.doctype, item.name),
				title: item.subject,
			})
			.attr("data-focus", `${this.key(item)} link`);
		$row.find(".when").text(
			`${frappe.datetime.str_to_user(item.due_at)} (${strip_html(
				frappe.datetime.comment_when(item.due_at)
			)})`
		);
		$row.find(".what").text(label);
		$row.find(".close-one")
			.text(__("Close"))
			.attr("aria-label", __("Close the reminder of {0}", [item.subject]))
			.attr("data-focus", `${this.key(item)} close`)
			.on("click", () => this.close([item]));
		this.fill_choices($row.find("select"), __("Snooze…"), () => [item]);
		return $row[0];
	}

	label(item) {
		const kinds = { response: __("First Answer"), resolution: __("Resolution") };
		return [__(item.doctype), kinds[item.kind], __(item.status)].filter(Boolean).join(" · ");
	}

	fill_choices($select, title, items) {
		const choices = [
			["", title],
			["5", __("5 minutes")],
			["15", __("15 minutes")],
			["60", __("1 hour")],
			["tomorrow", __("Tomorrow morning")],
			["custom", __("At a time…")],
		];
		choices.forEach(([value, text]) => $select.append($("<option>").val(value).text(text)));
		$select.attr("aria-label", title).on("change", () => {
			const choice = $select.val();
			$select.val("").trigger("blur");
			if (choice === "custom") this.ask_time(items());
			else if (choice) this.snooze(items(), choice);
		});
	}

	ask_time(items) {
		frappe.prompt(
			{ fieldname: "until", fieldtype: "Datetime", label: __("Remind Me At"), reqd: 1 },
			({ until }) => this.snooze(items, until),
			__("Snooze"),
			__("Snooze")
		);
	}

	snooze(items, until) {
		return this.act(
			"snooze_many",
			{ items: items.map(named), until },
			__("You will be reminded again.")
		);
	}

	close(items) {
		return this.act("close_many", { items: items.map(named) });
	}

	async act(method, args, said) {
		await frappe.xcall(`skycrm.api.v1.reminders.${method}`, args).catch(() => {});
		if (said) frappe.show_alert({ message: said, indicator: "blue" }, 3);
		this.$panel?.find("select:focus").trigger("blur");
		return this.refresh();
	}

	async open_preferences() {
		const name = await frappe.xcall("skycrm.api.v1.reminders.preferences");
		frappe.set_route("Form", "Sky User Preference", name);
	}

	key(item) {
		return `${item.doctype} ${item.name} ${item.due_at}`;
	}

	folded() {
		return this.$panel.hasClass("folded");
	}

	fold(yes) {
		this.$panel.toggleClass("folded", yes);
		localStorage.setItem("skycrm_reminders_folded", yes ? "1" : "0");
		this.$panel
			.find(".fold")
			.text(yes ? __("Show") : __("Fold"))
			.attr("aria-expanded", String(!yes));
	}
};

function named({ doctype, name, due_at }) {
	return { doctype, name, due_at };
}

$(document).on("app_ready", () => {
	if (frappe.session.user !== "Guest") skycrm.reminders.panel = new skycrm.reminders.Panel();
});
