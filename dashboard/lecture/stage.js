// Keys, clock and notes of a lecture. Pages draw this once, beside the knob under their figure.

const CLICKS = {
  ArrowRight: ".st-key-stage_next a, .st-key-stage_next button",
  ArrowLeft: ".st-key-stage_back a, .st-key-stage_back button",
  PageDown: ".st-key-stage_next a, .st-key-stage_next button",
  PageUp: ".st-key-stage_back a, .st-key-stage_back button",
  r: ".st-key-reveal button, .st-key-predict input",
  Escape: ".st-key-leave button",
};
const STEPS = ["ArrowRight", "ArrowLeft", "PageDown", "PageUp"];
const ON_ITS_WAY = 10_000; // milliseconds that a scene may take until a step is taken anew
const TYPING = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox]";

function play() {
  const buttons = [...document.querySelectorAll(".updatemenu-button")];
  const chosen = buttons[buttons.length > 1 && window.iclPlaying ? 1 : 0];
  if (!chosen) return false;
  window.iclPlaying = !window.iclPlaying;
  chosen.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  return true;
}

// One listener for all pages: between two of them there is none of this drawn, and keys are pressed all the same.
const stage = (window.iclStage ??= { data: null, left: null, until: 0, waiting: null });

function go(key) {
  const target = document.querySelector(CLICKS[key]);
  if (!target) return false;
  Object.assign(stage, { left: stage.data?.place, until: Date.now() + ON_ITS_WAY, waiting: null });
  target.click();
  return true;
}

// A step that is pressed while a scene is on its way is taken from that scene, once it stands.
function step(key) {
  const coming = Date.now() < stage.until && (!stage.data || stage.data.place === stage.left);
  if (coming) stage.waiting = key;
  return coming || (stage.data !== null && go(key));
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  if (event.target.matches?.("input[type=range]") && event.key.startsWith("Arrow") && !stage.data?.scenes) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === " " && stage.data && !event.target.closest?.("button, a, summary")) {
    if (play()) event.preventDefault();
    return;
  }
  let taken = false;
  if (STEPS.includes(key)) taken = step(key);
  else if (stage.data && CLICKS[key]) {
    const target = document.querySelector(CLICKS[key]);
    target?.click();
    taken = Boolean(target);
  }
  if (!taken) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

if (!stage.listens) window.addEventListener("keydown", press, true);
stage.listens = true;

export default function ({ data, parentElement }) {
  stage.data = data;
  if (stage.waiting && data.place !== stage.left) {
    const key = stage.waiting;
    stage.waiting = null;
    setTimeout(() => go(key)); // once the links beside this are drawn, too
  }

  const part = (name) => parentElement.querySelector(`.${name}`);
  part("place").textContent = data.place ?? "";
  part("place").dataset.listens = "";

  // The clock counts from the lecture's first scene, and goes on through the others.
  const clock = part("clock");
  let timer;
  if (data.lecture) {
    const name = `icl-clock-${data.lecture}`;
    if (!sessionStorage.getItem(name) || data.first) sessionStorage.setItem(name, `${Date.now()}`);
    const tell = () => {
      const seconds = Math.floor((Date.now() - Number(sessionStorage.getItem(name))) / 1000);
      const text = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
      clock.textContent = `${text} / ${data.until}:00`;
      clock.classList.toggle("late", seconds > 60 * data.until);
    };
    tell();
    timer = setInterval(tell, 1000);
  }

  // The notes stand in a window of their own, for the second screen, and follow the scenes.
  const write = (other) => {
    const make = (tag, text) => Object.assign(other.document.createElement(tag), { textContent: text });
    other.document.title = data.title;
    other.document.body.replaceChildren(
      make("p", data.place), make("h1", data.title), make("h2", data.question),
      ...data.notes.split("\n").map((line) => make("p", line)), make("p", data.coming),
    );
    other.document.body.style =
      "font: 1.4rem/1.5 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem";
  };
  if (window.iclNotes && !window.iclNotes.closed && data.lecture) write(window.iclNotes);
  const opener = part("notes");
  opener.hidden = !data.lecture;
  opener.textContent = data.open ?? "";
  opener.onclick = () => {
    window.iclNotes = window.open("", "icl-notes", "width=760,height=900");
    if (window.iclNotes) write(window.iclNotes);
  };
  return () => {
    if (stage.data === data) stage.data = null;
    clearInterval(timer);
  };
}
