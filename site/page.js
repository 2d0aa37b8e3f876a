/* What every page of the folder shares: its language, its look, its texts, and small helpers. */

"use strict";

/* What the address says; what it leaves open, a page that is a file of its own says itself. */
const query = new URLSearchParams(`${location.search.slice(1)}&${document.documentElement.dataset.state}`);

/* What the link says, else what was chosen last, else what the browser prefers. */
function chosen(name, preferred) {
  return query.get(name) ?? remembered(name) ?? preferred;
}

/* A browser may refuse storage to a page that was opened from a disk. */
function remembered(name) {
  try {
    return localStorage.getItem(`icl-${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`icl-${name}`, value);
  } catch {
    // the links carry it
  }
}

const browserLanguage = navigator.language.split("-")[0].toLowerCase();
const asked = chosen("lang", browserLanguage);
const language = asked in TEXTS ? asked : Object.keys(TEXTS)[0];
const darkPreferred = matchMedia("(prefers-color-scheme: dark)").matches;
const theme = chosen("theme", darkPreferred ? "dark" : "light") === "dark" ? "dark" : "light";
document.documentElement.lang = TEXTS[language]["language.tag"];
document.documentElement.dataset.theme = theme;
const narrow = () => window.innerWidth < 700;

/* The text of a key, its {places} filled; a place may ask for `:g` or for decimals, as in `:.2f`. */
function t(key, values = {}) {
  const text = TEXTS[language][key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  const filled = text.replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, format) => formatted(values[name], format));
  return filled === text ? text : filled.replace(GAP, "");
}

/* A space that stood beside a place for a name or a number, and got a Chinese word there. */
const WIDE = "[\\u2e80-\\u9fff\\uff00-\\uffef]";
const GAP = new RegExp(`(?<=${WIDE}) (?=${WIDE})`, "g");

function formatted(value, format) {
  const decimals = /^\.(\d)f$/.exec(format ?? "");
  if (decimals) return value.toFixed(Number(decimals[1]));
  return format === "g" ? String(Number(value.toPrecision(6))) : String(value);
}

/* An element: its tag, attributes (on... ones are listeners, aria-... ones say true or false), children. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-") && value !== undefined) made.setAttribute(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/* Text of the catalogue as elements: paragraphs, lists, **bold**, *italic*, `code`, and links. */
function rich(text) {
  const block = element("div", { class: "rich" });
  for (const part of text.split(/\n\n+/)) {
    const lines = part.split("\n");
    if (lines.every((line) => line.startsWith("- ")))
      block.append(element("ul", {}, ...lines.map((line) => inline("li", line.slice(2)))));
    else block.append(inline("p", part));
  }
  return block;
}

function inline(tag, text) {
  const made = element(tag), marks = /\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\((.+?)\)/g;
  let end = 0;
  for (const found of text.matchAll(marks)) {
    const [whole, bold, italic, code, name, target] = found;
    made.append(text.slice(end, found.index));
    if (name) made.append(element("a", { href: target }, name));
    else made.append(element(bold ? "strong" : italic ? "em" : "code", {}, bold ?? italic ?? code));
    end = found.index + whole.length;
  }
  made.append(text.slice(end));
  return made;
}

/* A section to unfold. */
function folded(title, ...content) {
  return element("details", {}, element("summary", {}, title), ...content);
}

function button(label, act, attributes = {}) {
  return element("button", { type: "button", onclick: act, ...attributes }, label);
}

/* A link within the folder, which keeps language and look. */
function within(page, extra = {}) {
  const carried = new URLSearchParams({ ...extra, lang: language, theme });
  return `${page}?${carried}`;
}

/* What the page shows, as its address: a reload shows it again. */
let here = new URLSearchParams(location.search);

function keep(state) {
  here = new URLSearchParams({ ...state, lang: language, theme });
  try {
    history.replaceState(null, "", `?${here}`);
  } catch {
    // a browser may refuse it to a page from a disk: `changed` has it all the same
  }
}

function changed(name, value) {
  remember(name, value);
  here.set(name, value);
  location.search = here;
}

/* The line on top of every page: the way home, the language, the look. */
function masthead() {
  const spoken = Object.keys(TEXTS), choices = spoken.length > 1 ? spoken : [];
  const languages = choices.map((each) =>
    button(TEXTS[each]["language.name"], () => changed("lang", each), {
      "aria-pressed": each === language,
      lang: TEXTS[each]["language.tag"],
    }),
  );
  const other = theme === "dark" ? "light" : "dark";
  const look = button(theme === "dark" ? "☀" : "☾", () => changed("theme", other), {
    "aria-label": other === "dark" ? t("pack.look.dark") : t("pack.look.light"),
    title: other === "dark" ? t("pack.look.dark") : t("pack.look.light"),
  });
  const home = document.documentElement.dataset.home;
  const name = home ? element("a", { href: within(home) }, t("app.name")) : t("app.name");
  return element(
    "header",
    {},
    element("strong", {}, name),
    element("nav", { "aria-label": t("language.label") }, ...languages, look),
  );
}
