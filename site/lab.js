/* The Prompt lab: put points on the plot, and see what each learner makes of them.

   A tap adds a point, a drag moves one; with 'predict first' on, a stroke draws a guess. LAB holds, for each
   model, the app's own figure without numbers, and prompts that the app would draw. */

"use strict";

const NEAR = { mouse: 12, pen: 16, touch: 24 }; // pixels within which a point is taken hold of
const STROKE = 8; // pixels from which a press is a stroke and no tap
const CLEAR = LAB.clear; // the transformer sides with a fit nearer than this share of the other's distance

class Lab {
  /* `link` is a query as the app's lab has it; its model must be loaded. A lab on a page of its `own` keeps its
     state in the address bar. */
  constructor(root, link, own) {
    const asked = new URLSearchParams(link), known = Lab.model(asked);
    const numbers = (name) => (asked.get(name) ?? "").split(/\s+/).filter(Boolean).map(Number);
    this.own = own;
    this.view = {
      model: known,
      source: asked.get("source") in LAB.models[known].prompts ? asked.get("source") : LAB.source,
      draw: asked.get("draw") ?? "0",
      noise: Number(asked.get("noise") ?? LAB.noise),
      predict: asked.get("predict") === "1",
      asked: false,
      cursor: [0, 0],
      hidden: new Set(),
    };
    const shown = (asked.get("show") ?? "").split(/\s+/).filter((name) => LAB.learners.includes(name));
    if (shown.length) this.view.hidden = new Set(LAB.learners.filter((name) => !shown.includes(name)));
    this.guess = null;
    this.build(root);
    this.choose(known);
    const free = asked.get("source") === "own";
    if (!free) this.draw(Number(asked.get("count") ?? LAB.count));
    if (free || asked.has("x")) this.put(numbers("x"), numbers("y"), free ? "own" : undefined);
    if (asked.get("asked") === "1") this.reveal();
  }

  /* The model that a query names, or the first. */
  static model(asked) {
    return LAB.names.includes(asked.get("model")) ? asked.get("model") : LAB.names[0];
  }

  /* ------------------------------------------------------------------------------------------ the page */

  build(root) {
    this.title = element(this.own ? "h1" : "h2");
    this.plot = element("div", { class: "plot" });
    this.glass = element("div", {
      class: "glass",
      tabindex: "0",
      role: "application",
      "aria-label": t("pack.lab.plot"),
    });
    this.legend = element("div", { class: "legend", role: "group", "aria-label": t("knob.methods") });
    this.sentence = element("p", { class: "reading", role: "status" });
    this.score = element("p", { class: "score", role: "status" });
    this.belief = element("div", { class: "belief", role: "img" });
    this.table = element("table", { class: "points" });
    this.provenance = element("p", { class: "provenance" });
    this.live = element("a", {}, t("pack.live"));
    this.predict = element("input", { type: "checkbox", id: "predict" });
    this.predict.checked = this.view.predict;
    this.predict.addEventListener("change", () => {
      Object.assign(this.view, { predict: this.predict.checked, asked: false });
      this.guess = null;
      this.show();
    });
    this.ask = button(t("lab.button.ask"), () => this.reveal(), { class: "main" });
    const sources = Object.keys(LAB.models[this.view.model].prompts);
    this.source = this.list("source", sources, (name) => t(`lab.source.${name}`), (value) => {
      Object.assign(this.view, { source: value, draw: Lab.draws(this.view.model, value)[0] });
      this.draw(LAB.count);
    });
    const model = this.list("model", LAB.names, (name) => name, (value) => {
      this.choose(value);
      this.put(this.xs, this.ys, "own");
    });
    const noises = [...new Set([...LAB.noises, this.view.noise])].sort((a, b) => a - b);
    const noise = this.list("noise", noises.map(String), (value) => value, (value) => {
      this.view.noise = Number(value);
      this.compute();
    });
    model.value = this.view.model;
    noise.value = String(this.view.noise);
    const field = (label, control) => element("label", { class: "field" }, element("span", {}, label), control);
    root.append(
      element(
        "div",
        { class: "lab" },
        this.title,
        element("div", { class: "board" }, this.plot, this.glass),
        this.legend,
        element(
          "div",
          { class: "row" },
          element("label", { class: "switch" }, this.predict, t("lab.knob.predict")),
          this.ask,
          button(t("lab.button.undo"), () => this.put(this.xs.slice(0, -1), this.ys.slice(0, -1))),
          button(t("lab.button.clear"), () => this.put([], [], "own")),
          button(t("lab.button.redraw"), () => this.another()),
        ),
        this.score,
        this.sentence,
        element("p", { class: "label" }, t("lab.belief")),
        this.belief,
        element(
          "div",
          { class: "row" },
          field(t("lab.knob.source"), this.source),
          field(t("knob.model"), model),
          field(t("lab.knob.noise"), noise),
        ),
        folded(t("lab.table"), this.table),
        folded(t("section.what"), rich(t("pack.lab.how")), rich(t("lab.what"))),
        folded(t("section.try"), rich(t("lab.try"))),
        this.provenance,
        element("p", { class: "provenance" }, this.live),
      ),
    );
    this.listen();
  }

  list(id, values, named, act) {
    const options = values.map((value) => element("option", { value }, named(value)));
    return element("select", { id, onchange: (event) => act(event.target.value) }, ...options);
  }

  /* ----------------------------------------------------------------------------------- points and model */

  /* Another model: its own figure, and a prompt that has read nothing yet. */
  choose(name) {
    const own = LAB.models[name];
    this.view.model = name;
    this.model = ICL.known[name];
    this.prompt = new Prompt(ICL.network(name));
    this.grid = own.grid;
    this.trained = own.trained;
    const { families, weights } = this.model.learner;
    this.bayes = new BayesMixture(families, weights, this.grid);
    this.figure = structuredClone(own.figures[theme]);
    this.reach = own.reach;
  }

  /* The numbers of the draws that are here, of a model's prompts from a source. */
  static draws(model, source) {
    return Object.keys(LAB.models[model].prompts[source]);
  }

  /* A prompt that the app would draw. */
  draw(count) {
    const { model, source } = this.view, draws = Lab.draws(model, source);
    if (!draws.includes(this.view.draw)) this.view.draw = draws[0];
    const { xs, ys, truth } = LAB.models[model].prompts[source][this.view.draw];
    this.truth = truth;
    this.source.value = this.view.source;
    this.put(xs.slice(0, count), ys.slice(0, count));
  }

  another() {
    const { model } = this.view, own = this.view.source === "own", source = own ? LAB.source : this.view.source;
    const draws = Lab.draws(model, source), next = (draws.indexOf(this.view.draw) + 1) % draws.length;
    Object.assign(this.view, { source, draw: draws[next] });
    this.draw(LAB.count);
  }

  /* Makes these the points; a new answer has to be asked for anew. */
  put(xs, ys, source) {
    if (xs.length > LAB.most) return this.say(t("pack.lab.full", { most: LAB.most }));
    const kept = (values) => values.map((value) => Number(value.toFixed(LAB.decimals)));
    [this.xs, this.ys] = [kept(xs), kept(ys)];
    this.view.asked = false;
    if (source === "own") {
      this.view.source = "own";
      this.truth = null;
    }
    this.compute();
  }

  /* Every learner's function of the points. */
  compute() {
    const { xs, ys, grid } = this;
    const noise = Math.max(this.view.noise ** 2, this.model.learner.least_noise);
    const ideal = this.bayes.learn(xs, ys, noise);
    const sinusoid = this.model.learner.families.findIndex(({ kind }) => kind === "Sinusoids");
    this.functions = {
      transformer: this.prompt.read(xs.map((x) => [x]), ys).answer(grid.map((x) => [x])),
      ols: leastSquares(xs, ys, grid),
      sinusoid_fit: ideal.own[sinusoid],
      bayes: ideal.values,
    };
    this.posterior = ideal.posterior;
    this.show();
  }

  get waiting() {
    return this.view.predict && !this.view.asked;
  }

  reveal() {
    this.view.asked = true;
    this.show();
  }

  /* -------------------------------------------------------------------------------------------- drawing */

  show() {
    this.say("");
    this.drawFigure();
    this.drawLegend();
    this.drawBelief();
    this.drawTable();
    this.drawWords();
    this.ask.hidden = !this.waiting;
    this.legend.hidden = this.waiting;
    this.addLink();
  }

  /* The app's figure with the numbers of this moment. */
  drawFigure() {
    const { data, layout } = this.figure, { xs, ys } = this;
    const reach = Math.max(this.reach, Math.ceil(1.1 * Math.max(0, ...ys.map(Math.abs))));
    const traces = data.map((trace) => {
      const { role, learner } = trace.meta;
      if (role === "seen") return { ...trace, x: xs, y: ys };
      if (role === "coming") return { ...trace, x: [], y: [] };
      if (learner === "guess") return { ...trace, x: this.grid, y: this.guess ?? [], visible: this.guess !== null };
      if (learner === "truth") {
        const known = this.truth !== null && !this.waiting;
        return { ...trace, x: this.grid, y: this.truth ?? [], visible: known };
      }
      const visible = !this.waiting && !this.view.hidden.has(learner);
      return { ...trace, x: this.grid, y: Array.from(this.functions[learner]), visible };
    });
    const [x, y] = this.view.cursor, focused = document.activeElement === this.glass && this.keyed;
    const cross = { type: "line", line: { color: layout.font.color, width: 1, dash: "dot" }, yref: "y", xref: "x" };
    const drawn = {
      ...layout,
      height: narrow() ? 340 : Math.max(380, Math.min(560, window.innerHeight - 330)),
      margin: narrow() ? { l: 48, r: 8, t: 8, b: 44 } : { l: 64, r: 10, t: 10, b: 56 },
      showlegend: false,
      yaxis: { ...layout.yaxis, range: [-reach, reach], title: { ...layout.yaxis.title, standoff: narrow() ? 2 : 12 } },
      annotations: layout.annotations.map((note) => ({ ...note, text: t("lab.untrained") })),
      shapes: [
        ...layout.shapes,
        ...(focused ? [{ ...cross, x0: x, x1: x, y0: -reach, y1: reach }] : []),
        ...(focused ? [{ ...cross, x0: this.grid[0], x1: this.grid.at(-1), y0: y, y1: y }] : []),
      ],
    };
    Plotly.react(this.plot, traces, drawn, { staticPlot: true, responsive: true });
  }

  /* The learners' strokes: each a switch. */
  drawLegend() {
    const strokes = this.figure.data.filter(({ meta }) => meta.role === "function");
    const present = { truth: this.truth !== null, guess: this.guess !== null };
    const shown = strokes.filter(({ meta }) => present[meta.learner] ?? true);
    shown.sort((first, second) => first.legendrank - second.legendrank);
    this.legend.replaceChildren(
      ...shown.map(({ meta: { learner }, line }) =>
        button(this.named(learner), () => this.toggle(learner), {
          "aria-pressed": !this.view.hidden.has(learner),
          style: `--stroke: ${line.color}; --dash: ${line.dash === "solid" ? "solid" : "dashed"}`,
          disabled: learner in present,
        }),
      ),
    );
  }

  named(learner) {
    if (learner === "truth") return t("lab.truth");
    if (learner !== "transformer") return t(`learner.${learner}`);
    const { parameters } = this.model;
    const size = parameters >= 1e5 ? `${Number((parameters / 1e6).toPrecision(2))}M` : `${Math.round(parameters / 1e3)}k`;
    return `${t("method.transformer")} (${size})`;
  }

  toggle(learner) {
    const { hidden } = this.view;
    if (!hidden.delete(learner)) hidden.add(learner);
    this.show();
  }

  /* The posterior as one bar. */
  drawBelief() {
    const parts = this.model.learner.names.map((name, f) => [name, this.waiting ? 0 : this.posterior[f]]);
    const said = parts.map(([name, share]) => `${t(`lab.family.${name}`)} ${Math.round(100 * share)}%`);
    this.belief.replaceChildren(
      ...parts.map(([name, share], f) =>
        element("span", { class: name, style: `flex-grow: ${share}` }, share >= 0.14 ? said[f] : ""),
      ),
    );
    this.belief.setAttribute("aria-label", this.waiting ? t("lab.title.hidden") : said.join(", "));
  }

  /* The points in their order; an edited number counts at once. */
  drawTable() {
    if (this.table.contains(document.activeElement)) return; // while it is being edited
    const cell = (values, i, name) =>
      element("input", {
        type: "number",
        step: "0.1",
        value: values[i],
        "aria-label": `${name} ${i + 1}`,
        oninput: (event) => {
          if (event.target.value === "" || !Number.isFinite(event.target.valueAsNumber)) return;
          values[i] = event.target.valueAsNumber;
          this.compute();
        },
      });
    const rows = this.xs.map((_, i) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, String(i + 1)),
        element("td", {}, cell(this.xs, i, "x")),
        element("td", {}, cell(this.ys, i, "y")),
        element("td", {}, button("×", () => this.remove(i), { "aria-label": t("pack.lab.remove", { number: i + 1 }) })),
      ),
    );
    const head = element("tr", {}, ...["", "x", "y", ""].map((name) => element("th", {}, name)));
    this.table.replaceChildren(head, ...rows);
  }

  remove(i) {
    const left = (values) => values.filter((_, place) => place !== i);
    document.activeElement.blur();
    this.put(left(this.xs), left(this.ys));
  }

  /* Title, sentence, score and provenance, computed from the numbers. */
  drawWords() {
    const count = this.xs.length === 1 ? t("lab.one_point") : t("lab.points", { count: this.xs.length });
    const gaps = {};
    for (const name of ["ols", "sinusoid_fit", "bayes"]) gaps[name] = this.distance(this.functions.transformer, name);
    const sided = side(gaps);
    if (!this.xs.length) this.tell(t("lab.title.empty"), t("lab.reading.empty"));
    else if (this.waiting) this.tell(t("lab.title.hidden"), t("pack.lab.hidden", { count }));
    else {
      const shares = {};
      this.model.learner.names.forEach((name, f) => (shares[name] = `${Math.round(100 * this.posterior[f])}%`));
      const told = Object.fromEntries(Object.entries(gaps).map(([name, gap]) => [name, rounded(gap)]));
      const [first, second] = [t("lab.reading.posterior", { count, ...shares }), t("lab.reading.gaps", told)];
      this.tell(t(`lab.title.${sided}`, { count }), t("join.sentences", { first, second }));
    }
    this.score.replaceChildren(...(this.guess && !this.waiting ? [inline("span", this.scored())] : []));
    const [low, high] = this.trained, { noise } = this.view;
    const made = t("pack.lab.model", { name: this.view.model, hash: this.model.hash });
    const data = t("lab.pretrained", { data: this.model.data[language], low, high });
    this.provenance.textContent = [made, data, t("lab.numbers", { noise })].join(" · ");
  }

  tell(title, sentence) {
    this.title.textContent = title;
    if (this.own) document.title = `${title} · ${t("app.name")}`;
    this.sentence.replaceChildren(inline("span", sentence));
  }

  /* What stops a point from being added; nothing when all is well. */
  say(fault) {
    this.score.textContent = fault;
  }

  /* How far the guess is from each learner, and who is nearest. */
  scored() {
    const others = { ...(this.truth ? { truth: this.truth } : {}), ...this.functions };
    const gaps = Object.keys(others).map((name) => [name, this.distance(this.guess, name)]);
    const known = gaps.filter(([, gap]) => gap !== null).sort((first, second) => first[1] - second[1]);
    if (!known.length) return t("pack.guess.outside");
    const list = known.map(([name, gap]) => t("pack.guess.one", { name: this.named(name), gap: rounded(gap) }));
    const gapsSaid = list.reduce((first, second) => t("join.names", { first, second }));
    return t("pack.guess.score", { nearest: this.named(known[0][0]), gaps: gapsSaid });
  }

  distance(first, name) {
    return functionDistance(first, name === "truth" ? this.truth : this.functions[name], this.grid, this.trained);
  }

  /* The state as a link, here and in the app. */
  addLink() {
    const { model, source, draw, noise, predict } = this.view;
    const state = { model, source, draw, noise, predict: predict ? 1 : 0, x: this.xs.join(" "), y: this.ys.join(" ") };
    if (this.view.hidden.size) state.show = LAB.learners.filter((name) => !this.view.hidden.has(name)).join(" ");
    this.live.href = `${document.documentElement.dataset.app}/prompt_lab?${new URLSearchParams({ ...state, lang: language })}`;
    if (this.own) keep(state);
  }

  /* ----------------------------------------------------------------------------------- pointer and keys */

  listen() {
    const { glass } = this;
    glass.addEventListener("pointerdown", (event) => this.press(event));
    glass.addEventListener("pointermove", (event) => this.move(event));
    glass.addEventListener("pointerup", (event) => this.release(event));
    glass.addEventListener("pointercancel", () => (this.held = null));
    glass.addEventListener("keydown", (event) => this.key(event));
    glass.addEventListener("focus", () => this.drawFigure());
    glass.addEventListener("blur", () => this.drawFigure());
    this.resized = () => this.drawFigure();
    addEventListener("resize", this.resized);
    this.pressed = (event) => {
      if (event.target.closest("input:not([type=checkbox]), select") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.waiting && event.key.toLowerCase() === "r") this.reveal();
    };
    addEventListener("keydown", this.pressed);
  }

  close() {
    removeEventListener("resize", this.resized);
    removeEventListener("keydown", this.pressed);
    Plotly.purge(this.plot);
  }

  /* Where an event is, in the plot's own units. */
  at(event) {
    const box = this.plot.getBoundingClientRect(), { xaxis, yaxis } = this.plot._fullLayout;
    const clamp = (value, [low, high]) => Math.min(high, Math.max(low, value));
    const x = xaxis.p2d(event.clientX - box.left - xaxis._offset);
    const y = yaxis.p2d(event.clientY - box.top - yaxis._offset);
    return [clamp(x, xaxis.range), clamp(y, yaxis.range)];
  }

  /* The point under an event, or -1. */
  under(event) {
    const box = this.plot.getBoundingClientRect(), { xaxis, yaxis } = this.plot._fullLayout;
    const away = this.xs.map((x, i) =>
      Math.hypot(
        event.clientX - box.left - xaxis._offset - xaxis.d2p(x),
        event.clientY - box.top - yaxis._offset - yaxis.d2p(this.ys[i]),
      ),
    );
    const nearest = away.indexOf(Math.min(...away));
    return away[nearest] <= NEAR[event.pointerType] ? nearest : -1;
  }

  press(event) {
    if (event.button !== 0) return;
    this.glass.setPointerCapture(event.pointerId);
    this.keyed = false;
    this.held = { point: this.under(event), from: [event.clientX, event.clientY], moved: false, last: this.at(event) };
  }

  move(event) {
    const { held } = this;
    if (!held) return void (this.glass.style.cursor = this.under(event) >= 0 ? "grab" : "crosshair");
    const [x, y] = held.from;
    held.moved ||= Math.hypot(event.clientX - x, event.clientY - y) > STROKE;
    if (!held.moved) return;
    if (held.point >= 0) this.drag(held.point, this.at(event));
    else if (this.waiting) this.stroke(held.last, this.at(event));
    held.last = this.at(event);
  }

  release(event) {
    const { held } = this;
    this.held = null;
    if (!held || held.moved || held.point >= 0) return;
    const [x, y] = this.at(event);
    this.put([...this.xs, x], [...this.ys, y]);
  }

  /* One computation a picture, however many events the pointer sends. */
  drag(point, [x, y]) {
    this.wanted = [point, x, y];
    this.pending ??= requestAnimationFrame(() => {
      const [i, newX, newY] = this.wanted;
      this.pending = undefined;
      this.put(this.xs.with(i, newX), this.ys.with(i, newY));
    });
  }

  /* A stroke of the guess from one place to the next; where it goes back over itself the newer counts. */
  stroke([fromX, fromY], [toX, toY]) {
    this.guess ??= this.grid.map(() => null);
    const [low, high] = [Math.min(fromX, toX), Math.max(fromX, toX)];
    const half = (this.grid[1] - this.grid[0]) / 2;
    this.guess = this.guess.map((value, g) => {
      const x = this.grid[g];
      if (x < low - half || x > high + half) return value;
      const share = toX === fromX ? 1 : Math.min(1, Math.max(0, (x - fromX) / (toX - fromX)));
      return fromY + share * (toY - fromY);
    });
    this.drawFigure();
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const { cursor } = this.view, size = event.shiftKey ? 1 : 0.1;
    this.keyed = true;
    if (event.key in steps) {
      const [x, y] = steps[event.key], { range } = this.plot._fullLayout.yaxis;
      cursor[0] = Math.min(this.grid.at(-1), Math.max(this.grid[0], cursor[0] + size * x));
      cursor[1] = Math.min(range[1], Math.max(range[0], cursor[1] + size * y));
      this.drawFigure();
    } else if (event.key === "Enter" || event.key === " ") this.put([...this.xs, cursor[0]], [...this.ys, cursor[1]]);
    else if (event.key === "Backspace" || event.key === "Delete") this.put(this.xs.slice(0, -1), this.ys.slice(0, -1));
    else return;
    event.preventDefault();
  }
}

/* Which fit is clearly nearer to the transformer. */
function side({ ols, sinusoid_fit }) {
  if (ols < CLEAR * sinusoid_fit) return "line";
  return sinusoid_fit < CLEAR * ols ? "sinusoid" : "between";
}

/* An error as text: two decimals, three where it is small. */
function rounded(value) {
  return value.toFixed(value >= 5e-4 && value < 0.095 ? 3 : 2);
}
