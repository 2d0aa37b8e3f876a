// A hand on a chart: a tap is a point, a stroke a guess, both in the chart's own units.
//
// Plotly looks under the pointer only after it has moved, so that a tap without a hover before it is taken for
// the last one: here places are worked out from the event itself.

const STROKE = 8; // pixels from which a press is a stroke and no tap
const AGAIN = 250; // milliseconds between looks at whether the chart was drawn anew

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.leave?.(); // of the run before, which other data have ended
  const { grid, taps, draws } = data;
  let guess = data.guess, held = null, plot = null, drawn = "";
  const glass = document.createElement("div");
  glass.className = "hand";
  glass.setAttribute("aria-hidden", "true");
  const ink = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  ink.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none;overflow:hidden";
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ fill: "none", stroke: data.colour, "stroke-width": 5 }))
    line.setAttribute(name, value);
  line.setAttribute("stroke-linecap", "round");
  ink.append(line);
  glass.append(ink);

  const axes = () => [plot._fullLayout.xaxis, plot._fullLayout.yaxis];

  // Lies over the plotting area of the chart that stands there now.
  const look = () => {
    const found = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
    if (!found?._fullLayout?.xaxis?._length) return;
    plot = found;
    if (glass.parentElement !== plot) plot.append(glass);
    const [across, up] = axes();
    const place = [across._offset, up._offset, across._length, up._length, ...up.range];
    if (place.join() === drawn) return;
    drawn = place.join();
    const [left, top, width, height] = place;
    glass.style.cssText = `position:absolute;left:${left}px;top:${top}px;width:${width}px;height:${height}px;z-index:5;
      pointer-events:${taps || draws ? "auto" : "none"};cursor:crosshair;touch-action:${draws ? "none" : "pan-y"}`;
    write();
  };

  const write = () => {
    const [across, up] = axes();
    let path = "", open = false;
    (guess ?? []).forEach((y, i) => {
      if (y === null) open = false;
      else {
        path += `${open ? "L" : "M"}${across.d2p(grid[i])} ${up.d2p(y)}`;
        open = true;
      }
    });
    line.setAttribute("d", path);
  };

  const at = (event) => {
    const box = glass.getBoundingClientRect(), [across, up] = axes();
    const within = (value, most) => Math.min(most, Math.max(0, value));
    return [
      across.p2d(within(event.clientX - box.left, box.width)),
      up.p2d(within(event.clientY - box.top, box.height)),
    ];
  };

  // From one place to the next; where a stroke goes back over itself the newer counts.
  const stroke = ([fromX, fromY], [toX, toY]) => {
    guess ??= grid.map(() => null);
    const low = Math.min(fromX, toX), high = Math.max(fromX, toX), half = (grid[1] - grid[0]) / 2;
    guess = guess.map((value, i) => {
      if (grid[i] < low - half || grid[i] > high + half) return value;
      const share = toX === fromX ? 1 : Math.min(1, Math.max(0, (grid[i] - fromX) / (toX - fromX)));
      return fromY + share * (toY - fromY);
    });
    write();
  };

  glass.onpointerdown = (event) => {
    if (event.button !== 0 || !plot) return;
    if (draws) glass.setPointerCapture(event.pointerId);
    held = { from: [event.clientX, event.clientY], last: at(event), moved: false };
  };
  glass.onpointermove = (event) => {
    if (!held) return;
    held.moved ||= Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) > STROKE;
    if (!held.moved || !draws) return;
    stroke(held.last, at(event));
    held.last = at(event);
  };
  glass.onpointerup = (event) => {
    if (held?.moved && draws) setTriggerValue("guess", guess);
    else if (held && !held.moved && taps) setTriggerValue("tap", at(event));
    held = null;
  };
  glass.onpointercancel = () => (held = null);

  look();
  const timer = setInterval(look, AGAIN);
  parentElement.leave = () => {
    clearInterval(timer);
    glass.remove();
  };
  return parentElement.leave;
}
