// Plays one prompt after another: a point arrives, and the transformer's function bends to it. Every function
// is one that the model has answered; between two of them the line moves straight from one to the other.

const BEND = 600, REST = 700, END = 2600; // milliseconds
const WIDE = 1000, HIGH = 100; // units of the drawing, stretched to the strip

const part = (tag, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

export default function ({ data, parentElement }) {
  parentElement.leave?.(); // of the run before, which other data have ended
  const svg = parentElement.querySelector("svg");
  const count = parentElement.querySelector(".count"), key = parentElement.querySelector(".key");
  const { prompts, colours } = data;
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("aria-label", data.alt);
  key.textContent = data.answer;
  key.style.borderBottomColor = colours.answer;

  const heights = prompts.flatMap(({ truth, ys, values }) => [...truth, ...ys, ...values.flat()]);
  const reach = 1.12 * Math.max(...heights.map(Math.abs));
  const up = (y) => (HIGH / 2) * (1 - y / reach);
  let stopped = false, timer, frame;

  const show = ({ grid, truth, xs, ys, values }) => {
    const [low, high] = [grid[0], grid.at(-1)];
    const across = (x) => (WIDE * (x - low)) / (high - low);
    const line = (heights) => `M${heights.map((y, i) => `${across(grid[i]).toFixed(1)} ${up(y).toFixed(2)}`).join("L")}`;
    const answer = part("path", { stroke: colours.answer, "stroke-width": 3.5 });
    const points = xs.map((x, i) => {
      const place = `M${across(x)} ${up(ys[i])}h.01`; // a dot that the stretching leaves round
      const rim = part("path", { d: place, stroke: colours.rim, "stroke-width": 13, opacity: 0 });
      const dot = part("path", { d: place, stroke: colours.point, "stroke-width": 9.5, opacity: 0 });
      return [rim, dot];
    });
    const under = part("path", { d: line(truth), stroke: colours.truth, "stroke-width": 8, opacity: 0.5 });
    svg.replaceChildren(under, answer, ...points.flat());

    // The function after `k` pairs, `share` of the way from the one before.
    return (k, share) => {
      const before = values[Math.max(0, k - 1)];
      answer.setAttribute("d", line(values[k].map((y, i) => before[i] + share * (y - before[i]))));
      points.forEach((marks, i) => marks.forEach((mark) => mark.setAttribute("opacity", i < k ? 1 : 0)));
      count.textContent = data.counts[k];
    };
  };

  const play = (number) => {
    const prompt = prompts[number], draw = show(prompt), last = prompt.xs.length;
    const step = (k) => {
      const begun = performance.now();
      const move = (now) => {
        if (stopped) return;
        const share = Math.min(1, Math.max(0, (now - begun) / BEND));
        draw(k, share * share * (3 - 2 * share));
        if (share < 1) frame = requestAnimationFrame(move);
        else if (k < last) timer = setTimeout(() => step(k + 1), REST);
        else timer = setTimeout(() => play((number + 1) % prompts.length), END);
      };
      frame = requestAnimationFrame(move);
    };
    step(0);
  };

  if (matchMedia("(prefers-reduced-motion: reduce)").matches) show(prompts[0])(prompts[0].xs.length, 1);
  else play(0);
  parentElement.leave = () => {
    stopped = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
  return parentElement.leave;
}
