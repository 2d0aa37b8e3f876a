/* 'Watch it learn': trainings replayed, checkpoint by checkpoint. TRAININGS holds their names; the figures of
   each are a scene. Space plays. */

"use strict";

class LearnPage {
  constructor(root) {
    this.title = element("h1", {}, t("pack.learn"));
    this.choices = element("div", { class: "row", role: "group", "aria-label": t("pack.learn.which") });
    this.about = element("p");
    this.stage = element("section", { class: "stage" });
    this.more = element("p");
    root.append(
      masthead(),
      element(
        "main",
        {},
        this.title,
        element("p", { class: "reading" }, t("pack.learn.text")),
        this.choices,
        this.about,
        this.stage,
        this.more,
      ),
    );
    addEventListener("keydown", (event) => {
      if (event.key !== " " || event.target.closest("input, button, a, summary")) return;
      event.preventDefault();
      this.view?.play();
    });
    const asked = TRAININGS.findIndex(({ name }) => name === query.get("training"));
    this.drawn = this.go(Math.max(0, asked));
  }

  /* To another training. */
  async go(number) {
    const training = TRAININGS[number], mine = (this.asked = Symbol("the newest wish"));
    this.choices.replaceChildren(
      ...TRAININGS.map(({ title }, i) => button(title[language], () => this.go(i), { "aria-pressed": i === number })),
    );
    const variants = await SCENES.load(training.id);
    if (mine !== this.asked) return;
    this.view?.close();
    this.stage.replaceChildren();
    this.about.textContent = training.about[language];
    this.view = new SceneView(this.stage, variants, null);
    await this.view.drawn;
    const lab = element("a", { href: within("lab.html", { model: training.name }) }, t("pack.learn.lab"));
    this.more.replaceChildren(...(training.in_lab ? [lab] : []));
    keep({ training: training.name });
  }
}

window.learn = new LearnPage(document.body);
window.learn.drawn.then(() => (document.documentElement.dataset.drawn = "1"));
