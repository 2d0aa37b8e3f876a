/* A scene: the app's own figures at each stop of one slider, with what they say.

   Its data come compressed: by language, then for 'wide' and 'narrow' windows, a list of states, each with
   title, sentence, provenance, link and charts. Where a language or width is missing another one is shown. */

"use strict";

const LEAST = 0.75; // of a figure's height: it may lose the rest to a low window
const PACE = 1200; // milliseconds that a stop of the slider is shown while it plays

/* The scenes of a folder: each is a script under scenes/, loaded when it is first shown. */
const SCENES = {
  known: {}, // by identifier: a promise
  waiting: {},

  /* Called by a scene's script. */
  add(id, text) {
    this.waiting[id](unpacked(text));
  },

  load(id) {
    return (this.known[id] ??= new Promise((resolve, reject) => {
      this.waiting[id] = resolve;
      const script = element("script", { src: `scenes/${id}.js`, onerror: () => reject(new Error(`no scene ${id}`)) });
      document.head.append(script);
    }));
  },
};

class SceneView {
  /* `slider`: { label, stops, start } with texts in the page's language, or null. */
  constructor(root, variants, slider) {
    this.variants = variants[language] ?? Object.values(variants)[0];
    this.slider = slider;
    this.number = slider?.start ?? 0;
    this.title = element("h2");
    this.board = element("div", { class: "charts" });
    this.more = folded(t("pack.more"), element("div", { class: "charts" }));
    this.sentence = element("p", { class: "reading", role: "status" });
    this.provenance = element("p", { class: "provenance" });
    this.live = element("a", {}, t("pack.live"));
    this.turn = slider ? this.control() : "";
    root.append(this.title, this.board, this.turn, this.sentence, this.more, this.provenance);
    root.append(element("p", { class: "provenance" }, this.live));
    this.width = narrow();
    this.resized = () => {
      if (narrow() === this.width) return;
      this.width = narrow();
      this.drawn = this.drawn.then(() => this.show());
    };
    addEventListener("resize", this.resized);
    this.drawn = this.show();
  }

  get states() {
    return this.variants[narrow() ? "narrow" : "wide"] ?? Object.values(this.variants)[0];
  }

  control() {
    this.range = element("input", {
      type: "range",
      min: 0,
      max: this.slider.stops.length - 1,
      step: 1,
      value: this.number,
      id: "slider",
      oninput: () => {
        this.hold();
        this.go(Number(this.range.value));
      },
    });
    this.value = element("output", { for: "slider" });
    this.player = button("▶", () => this.playStops(), { class: "player", "aria-label": t("library.play") });
    const label = element("label", { for: "slider" }, this.slider.label, " ", this.value);
    return element("div", { class: "turn" }, this.player, element("div", {}, label, this.range));
  }

  /* Turns the slider stop by stop, from its first one where it stands at its last; or holds it. */
  playStops() {
    if (this.timer !== undefined) return this.hold();
    const last = this.slider.stops.length - 1;
    this.go(this.number === last ? 0 : this.number + 1);
    this.timer = setInterval(() => (this.number === last ? this.hold() : this.go(this.number + 1)), PACE);
    this.showPlayer();
  }

  hold() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.showPlayer();
  }

  showPlayer() {
    const held = this.timer === undefined;
    this.player.textContent = held ? "▶" : "⏸";
    this.player.setAttribute("aria-label", held ? t("library.play") : t("library.pause"));
  }

  /* To another stop, as far as there is one. */
  go(number) {
    if (!this.slider) return;
    this.asked = number; // the last of several wishes counts
    this.number = Math.min(this.slider.stops.length - 1, Math.max(0, number));
    this.range.value = this.number;
    this.drawn = this.drawn.then(() => (number === this.asked ? this.show() : undefined));
  }

  async show() {
    const state = this.states[this.number];
    this.title.textContent = state.title;
    this.sentence.replaceChildren(inline("span", state.sentence));
    this.provenance.textContent = state.provenance;
    this.live.href = state.link;
    if (this.slider) {
      this.value.textContent = this.slider.stops[this.number];
      this.range.setAttribute("aria-valuetext", `${this.slider.stops[this.number]}: ${state.title}`);
    }
    this.board.classList.toggle("wide", narrow() && !("narrow" in this.variants));
    // One figure of several panels fills the stage; what else the page has is unfolded below.
    const first = isWide(state.charts[0]) ? 1 : 2;
    this.more.hidden = state.charts.length <= first;
    await this.fill(this.board, state.charts.slice(0, first));
    await this.fill(this.more.lastChild, state.charts.slice(first));
  }

  async fill(place, charts) {
    while (place.children.length > charts.length) place.lastChild.remove();
    while (place.children.length < charts.length) place.append(element("div", { role: "img" }));
    await Promise.all(charts.map((chart, i) => this.draw(place.children[i], chart)));
  }

  async draw(place, { alt, ...chart }) {
    const { data, layout, frames } = theme === "dark" ? darkened(chart) : structuredClone(chart);
    if (layout.height && place.parentNode === this.board) layout.height = this.fitted(layout.height);
    place.setAttribute("aria-label", alt);
    const config = { displayModeBar: false, responsive: true };
    if (frames) await Plotly.newPlot(place, { data, layout, frames, config }); // which lets older frames go
    else await Plotly.react(place, data, layout, config);
  }

  /* The height of a figure that leaves the slider in view, but not much less than it was made for. */
  fitted(height) {
    if (narrow()) return height;
    const top = this.board.getBoundingClientRect().top + window.scrollY;
    const below = this.slider ? this.turn.offsetHeight : 0;
    return Math.min(height, Math.max(LEAST * height, window.innerHeight - top - below));
  }

  /* Plays the first figure that can be played, else the slider's stops; or holds what plays. */
  play() {
    for (const place of this.board.children) {
      const buttons = place.layout?.updatemenus?.[0]?.buttons;
      if (!buttons) continue;
      this.playing = !this.playing;
      const [first, options] = buttons[this.playing ? 0 : 1].args;
      Plotly.animate(place, first, options).catch(() => {}); // held before its end
      return;
    }
    if (this.slider) this.playStops();
  }

  close() {
    removeEventListener("resize", this.resized);
    clearInterval(this.timer);
    for (const place of this.board.children) Plotly.purge(place);
  }
}

/* Whether a figure has several panels. */
function isWide(chart) {
  return chart !== undefined && "xaxis2" in chart.layout;
}

/* The figure on dark paper: every colour of the light one has its counterpart, but shades are alike on any. */
function darkened(chart) {
  const dark = JSON.parse(document.documentElement.dataset.dark);
  const parts = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)).join(",");
  const known = new Map(Object.entries(dark).map(([from, to]) => [from.toLowerCase(), to]));
  const mixed = new Map(Object.entries(dark).map(([from, to]) => [parts(from), parts(to)]));
  const text = JSON.stringify(chart)
    .replace(/#[0-9a-fA-F]{6}\b/g, (found) => known.get(found.toLowerCase()) ?? found)
    .replace(/rgba\((\d+), ?(\d+), ?(\d+),/g, (found, r, g, b) =>
      mixed.has(`${r},${g},${b}`) ? `rgba(${mixed.get(`${r},${g},${b}`)},` : found,
    );
  const made = JSON.parse(text);
  for (const [name, part] of Object.entries(chart.layout))
    if (name.startsWith("coloraxis")) made.layout[name].colorscale = part.colorscale;
  return made;
}

/* Compressed text, as `packed` in dashboard/frame/site.py writes it, back to data. */
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/* A page of one scene alone, as 'Take it away' makes it. */
async function showScene(text) {
  const main = element("main");
  document.body.append(masthead(), main);
  window.scene = new SceneView(main, await unpacked(text), null);
  await window.scene.drawn;
  document.documentElement.dataset.drawn = "1";
}
