// The field's settings (frappe's and erpnext's .eslintrc) in eslint's flat form, with unused variables on.
const desk = [
	"frappe", "__", "cur_frm", "cur_list", "cur_dialog", "locals", "cint", "cstr", "flt", "format_currency",
	"format_number", "get_currency_symbol", "erpnext", "$", "jQuery", "moment", "io", "skycrm", "in_list", "is_null",
	"strip_html", "precision", "MutationObserver", "comment_when", "validate_email", "refresh_field", "set_field_options", "get_number_format", "get_number_format_info",
	"window", "document", "console", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "localStorage",
	"URLSearchParams", "URL", "navigator", "fetch", "FormData", "CSS",
];

export default [
	{ ignores: ["**/dist/**", "**/node_modules/**"] },
	{
		files: ["**/*.js"],
		languageOptions: {
			ecmaVersion: 2022,
			sourceType: "module",
			globals: Object.fromEntries(desk.map((name) => [name, "writable"])),
		},
		rules: {
			"no-undef": "error",
			"no-unused-vars": ["error", { args: "none", caughtErrors: "none" }],
			"no-dupe-keys": "error",
			"no-unreachable": "error",
			"no-const-assign": "error",
			"no-redeclare": ["error", { builtinGlobals: false }],
			"valid-typeof": "error",
			"no-debugger": "error",
			"no-console": "warn",
			eqeqeq: ["error", "smart"],
		},
	},
];
