// A saved picture says what it shows: title, setting, hash and link stand in a margin of their own below it.
// The camera copies the plot's layout while its click is handled; the margin is there for just that long.

const PER_LETTER = 0.56; // of the type size, roughly
const LECTURE = ["present", "lecture", "scene"];

const text = (selector) => document.querySelector(selector)?.innerText.trim() ?? "";
const escaped = (line) => line.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const width = (letter) => (letter.codePointAt(0) > 0x2e80 ? 1.8 : 1);

function link() {
  const address = new URL(location.href);
  LECTURE.forEach((name) => address.searchParams.delete(name));
  return address.href;
}

// Lines of at most so many letters, broken between words, or within one that is longer than a line.
function wrapped(paragraph, most) {
  const lines = [];
  let line = "", used = 0;
  for (const word of paragraph.split(/(?<=[\s&;，。、])/)) {
    for (const piece of word.match(new RegExp(`.{1,${most}}`, "gsu")) ?? []) {
      const size = [...piece].reduce((sum, letter) => sum + width(letter), 0);
      if (used + size > most && line) {
        lines.push(line.trimEnd());
        [line, used] = ["", 0];
      }
      line += piece;
      used += size;
    }
  }
  return [...lines, line.trimEnd()].filter(Boolean);
}

function withPassport(plot) {
  const { layout, _fullLayout: full, _context: context } = plot;
  const size = Math.max(11, Math.round(0.62 * full.font.size));
  const most = Math.floor((full.width - 24) / (PER_LETTER * size));
  const title = wrapped(text("h1"), most).map((line) => `<b>${escaped(line)}</b>`);
  const rest = [text(".st-key-provenance"), link()].flatMap((each) => wrapped(each, most)).map(escaped);
  const lines = [...title, ...rest];
  const below = full._size.b, room = Math.round(1.35 * size * lines.length) + 16;
  const words = {
    text: lines.join("<br>"), showarrow: false, align: "left",
    xref: "paper", x: 0, xanchor: "left", xshift: 12 - full._size.l,
    yref: "paper", y: 0, yanchor: "top", yshift: -below - 4,
    font: { size, color: full.font.color, family: full.font.family }, name: "passport",
  };
  const before = [layout.margin, layout.annotations, context.toImageButtonOptions];
  layout.margin = { ...layout.margin, b: below + room };
  layout.annotations = [...(layout.annotations ?? []), words];
  context.toImageButtonOptions = {
    ...context.toImageButtonOptions, width: full.width, height: full.height + room,
  };
  setTimeout(() => {
    [layout.margin, layout.annotations, context.toImageButtonOptions] = before;
  });
}

export default function () {
  const press = (event) => {
    const plot = event.target.closest?.(".modebar-btn")?.closest(".js-plotly-plot");
    if (plot?._fullLayout) withPassport(plot);
  };
  document.addEventListener("click", press, true);
  return () => document.removeEventListener("click", press, true);
}
