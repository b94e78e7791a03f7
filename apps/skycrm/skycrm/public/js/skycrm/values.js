// What people typed is shown as they typed it, in every view of the desk: the framework's own formatters put texts into the
// page as HTML, which is safe only for what its check on save has seen. For DocTypes of this app alone.

frappe.provide("skycrm.values");

(() => {
	const MODULE = "SkyCRM";
	const TAGS = new Set(
		(
			"a abbr b blockquote br caption cite code col colgroup dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i " +
			"img ins kbd li mark ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul"
		).split(" ")
	);
	const ATTRIBUTES = new Set(
		"alt class colspan dir height lang rowspan start style title type width".split(" ")
	);
	const ADDRESSES = { a: "href", img: "src" };
	const MAY_OPEN = /^(?:https?:|mailto:|tel:|#|\/(?!\/)|data:image\/(?:png|jpe?g|gif|webp);)/i;
	const UNSEEN =
		/[\u0000-\u0020\u007f\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+/g; /* eslint-disable-line no-control-regex */

	// As text. What is escaped already stays as it is, for the framework escapes some values itself before.
	const plain = (value) =>
		String(value ?? "").replace(
			/[<>"'`]/g,
			(sign) =>
				({ "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" })[sign]
		);

	const opens = (address) => {
		const text = String(address ?? "").replace(UNSEEN, "");
		return MAY_OPEN.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text);
	};

	// Rich text with what letters and notes are made of, and nothing else. Parsed apart from the page, where nothing runs.
	const rich = (html) => {
		if (!/[<>]/.test(html)) return html;
		const { body } = new DOMParser().parseFromString(html, "text/html");
		for (const element of [...body.querySelectorAll("*")]) {
			const tag = element.localName;
			if (!TAGS.has(tag)) {
				element.remove();
				continue;
			}
			for (const { name, value } of [...element.attributes]) {
				const kept =
					ADDRESSES[tag] === name
						? opens(value)
						: ATTRIBUTES.has(name) || /^data-[a-z0-9-]+$/.test(name);
				if (!kept) element.removeAttribute(name);
			}
		}
		return body.innerHTML;
	};

	const link = (address) =>
		opens(address)
			? `<a href="${plain(address)}" target="_blank" rel="noopener noreferrer">${plain(address)}</a>`
			: plain(address);

	// A description of a field that belongs to a DocType of ours; columns of reports and fields of dialogs belong to none.
	const is_ours = (field) =>
		Boolean(field?.parent && frappe.get_meta(field.parent)?.module === MODULE);

	const { formatters } = frappe.form;
	const lines = (value) => frappe.utils.replace_newlines(plain(value));
	const translated = (value) => plain(__(value));
	const SHOWN = {
		Data: (value, field) => (field.options === "URL" ? link(value) : plain(value)),
		Text: lines,
		SmallText: lines,
		LongText: lines,
		Select: translated,
		Autocomplete: translated,
		ReadOnly: plain,
		Phone: plain,
		Barcode: plain,
		TextEditor: (value) => formatters.TextEditor(rich(value)),
		HTMLEditor: rich,
		MarkdownEditor: rich,
		Attach: link,
		AttachImage: link,
	};
	Object.entries(SHOWN).forEach(([kind, show]) => {
		const framework = formatters[kind] || formatters.Data;
		formatters[kind] = function (value, field, ...more) {
			if (!is_ours(field) || typeof value !== "string" || !value) {
				return framework.call(this, value, field, ...more);
			}
			return formatters._apply_custom_formatter(show(value, field), field);
		};
	});

	Object.assign(skycrm.values, { plain, rich, link, opens });
})();
