// Keys, clock and notes of a lecture. Pages draw this once, beside the knob under their figure.

const CLICKS = {
  ArrowRight: ".st-key-stage_next a, .st-key-stage_next button",
  ArrowLeft: ".st-key-stage_back a, .st-key-stage_back button",
  PageDown: ".st-key-stage_next a, .st-key-stage_next button",
  PageUp: ".st-key-stage_back a, .st-key-stage_back button",
  r: ".st-key-reveal button, .st-key-predict input",
  Escape: ".st-key-leave button",
};
const TYPING = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox]";

function play() {
  const buttons = [...document.querySelectorAll(".updatemenu-button")];
  const chosen = buttons[buttons.length > 1 && window.iclPlaying ? 1 : 0];
  if (!chosen) return false;
  window.iclPlaying = !window.iclPlaying;
  chosen.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  return true;
}

export default function ({ data, parentElement }) {
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    if (event.target.matches?.("input[type=range]") && event.key.startsWith("Arrow") && !data.scenes) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " " && !event.target.closest?.("button, a, summary")) {
      if (play()) event.preventDefault();
      return;
    }
    const target = CLICKS[key] && document.querySelector(CLICKS[key]);
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    target.click();
  };
  window.addEventListener("keydown", press, true);

  const part = (name) => parentElement.querySelector(`.${name}`);
  part("place").textContent = data.place ?? "";

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
    window.removeEventListener("keydown", press, true);
    clearInterval(timer);
  };
}
