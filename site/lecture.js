/* A lecture: its scenes in order. LECTURES holds texts and links, by language. A scene of the Prompt lab is the
   lab itself.

   Keys: left and right step through the scenes, up and down turn the slider, space plays, R shows a hidden
   answer, N shows the notes. */

"use strict";

class LecturePage {
  constructor(root, lecture) {
    this.lecture = lecture;
    this.steps = element("ol", { class: "steps" });
    this.title = element("h1");
    this.question = element("p", { class: "question" });
    this.stage = element("section", { class: "stage" });
    this.notes = folded(t("pack.notes"));
    this.notes.append(element("div"));
    this.back = button("←", () => this.go(this.number - 1), { "aria-label": t("pack.previous") });
    this.forth = button("→", () => this.go(this.number + 1), { "aria-label": t("pack.next"), class: "main" });
    root.append(
      masthead(),
      element(
        "main",
        {},
        element("nav", { class: "row strip", "aria-label": lecture.title[language] }, this.back, this.steps, this.forth),
        element("div", { class: "said" }, this.title, this.question),
        this.stage,
        this.notes,
      ),
    );
    addEventListener("keydown", (event) => this.key(event));
    this.drawn = this.go(Number(query.get("scene") ?? 1) - 1);
  }

  /* To another scene, as far as there is one. */
  async go(number) {
    const { scenes } = this.lecture;
    this.number = Math.min(scenes.length - 1, Math.max(0, number || 0));
    const scene = scenes[this.number], mine = (this.asked = Symbol("the newest wish"));
    this.title.textContent = scene.title[language];
    document.title = `${scene.title[language]} · ${this.lecture.title[language]}`;
    this.question.textContent = scene.question[language];
    this.notes.lastChild.replaceChildren(rich(scene.notes[language]));
    this.back.disabled = this.number === 0;
    this.forth.disabled = this.number === scenes.length - 1;
    this.drawSteps();
    const variants = scene.id ? await SCENES.load(scene.id) : null;
    if (!scene.id) await ICL.load(LAB.names[0]);
    if (mine !== this.asked) return;
    this.view?.close?.();
    this.stage.replaceChildren();
    if (scene.id) this.view = new SceneView(this.stage, variants, scene.slider && this.said(scene.slider));
    else this.view = window.lab = new Lab(this.stage, scene.query, false);
    await this.view.drawn;
    this.link();
  }

  said({ label, stops, start }) {
    return { label: label[language], stops, start };
  }

  drawSteps() {
    const steps = this.lecture.scenes.map((scene, i) =>
      element(
        "li",
        {},
        button(String(i + 1), () => this.go(i), {
          "aria-current": i === this.number ? "step" : undefined,
          "aria-label": `${i + 1}. ${scene.title[language]}, ${t("pack.minutes", { minutes: scene.minutes })}`,
          title: `${scene.title[language]}, ${t("pack.minutes", { minutes: scene.minutes })}`,
        }),
      ),
    );
    this.steps.replaceChildren(...steps);
    const now = steps[this.number]; // in the middle, where there is no room for all
    this.steps.scrollLeft = now.offsetLeft - this.steps.offsetLeft - (this.steps.clientWidth - now.clientWidth) / 2;
  }

  link() {
    keep({ name: this.lecture.name, scene: this.number + 1 });
  }

  key(event) {
    if (event.target.closest("input, select, .glass, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = {
      ArrowLeft: () => this.go(this.number - 1),
      ArrowRight: () => this.go(this.number + 1),
      PageUp: () => this.go(this.number - 1), // as a clicker has it
      PageDown: () => this.go(this.number + 1),
      ArrowUp: () => this.view.go?.(this.view.number + 1),
      ArrowDown: () => this.view.go?.(this.view.number - 1),
      n: () => this.notes.toggleAttribute("open"),
      " ": () => this.view.play?.(),
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in steps) || (key === " " && event.target.closest("button, a"))) return;
    event.preventDefault();
    steps[key]();
  }
}

const wanted = LECTURES.find(({ name }) => name === query.get("name")) ?? LECTURES[0];
window.lecture = new LecturePage(document.body, wanted);
window.lecture.drawn.then(() => (document.documentElement.dataset.drawn = "1"));
