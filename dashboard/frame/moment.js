// While a figure plays, its title and sentence say what the present frame shows. The page's own words stay in the
// document, hidden: a frame's stand in their place as generated text.

const PLACES = {
  title: [".stMainBlockContainer .stHeading", "h1"],
  sentence: [".st-key-reading [data-testid=stMarkdown]", "p"],
};
const STYLE = `
[data-moment] > * { display: none !important; }
[data-moment]::after { content: attr(data-moment); display: block; font: var(--moment-font); }
`;

function dress() {
  if (document.getElementById("icl-moment")) return;
  document.head.append(Object.assign(document.createElement("style"), { id: "icl-moment", textContent: STYLE }));
}

// The place keeps its height, so that the figure keeps its own.
function say(name, text) {
  const [selector, words] = PLACES[name];
  const place = document.querySelector(selector);
  if (!place) return;
  if (!place.dataset.moment) {
    place.style.minHeight = `${place.offsetHeight}px`;
    place.style.setProperty("--moment-font", getComputedStyle(place.querySelector(words) ?? place).font);
  }
  place.dataset.moment = text;
}

function clear() {
  for (const [selector] of Object.values(PLACES)) {
    const place = document.querySelector(selector);
    if (!place) continue;
    delete place.dataset.moment;
    place.style.minHeight = "";
  }
}

export default function ({ data }) {
  dress();
  let plot = null;
  const show = (event) => {
    const words = data.moments[event.name] ?? {};
    Object.entries(words).forEach(([name, text]) => say(name, text));
  };
  const find = () => {
    const plots = [...document.querySelectorAll(".st-key-figure .js-plotly-plot")];
    const found = plots.find((each) => each._transitionData?._frames?.length && each.on);
    if (!found || found === plot) return;
    plot = found;
    plot.on("plotly_animatingframe", show);
  };
  find();
  const timer = setInterval(find, 300);
  return () => {
    clearInterval(timer);
    plot?.removeListener?.("plotly_animatingframe", show);
    clear();
  };
}
