/* The front page: the lectures, scene by scene, and the Prompt lab. */

"use strict";

function lectureCard(lecture) {
  const scenes = lecture.scenes.map((scene, i) =>
    element(
      "li",
      {},
      element("a", { href: within("lecture.html", { name: lecture.name, scene: i + 1 }) }, scene.title[language]),
      ` ${t("pack.minutes", { minutes: scene.minutes })}`,
    ),
  );
  const start = within("lecture.html", { name: lecture.name });
  return element(
    "section",
    { class: "card" },
    element("h2", {}, element("a", { href: start }, lecture.title[language])),
    element("p", {}, lecture.text[language]),
    element("ol", {}, ...scenes),
  );
}

document.body.append(
  masthead(),
  element(
    "main",
    {},
    element("h1", {}, t("pack.index.title")),
    element("p", { class: "reading" }, t("pack.index.text")),
    element(
      "section",
      { class: "card lead" },
      element("h2", {}, element("a", { href: within("lab.html") }, t("page.prompt_lab"))),
      element("p", {}, t("pack.index.lab")),
      element("p", {}, element("a", { class: "button", href: within("lab.html", { predict: 1 }) }, t("lab.knob.predict"))),
    ),
    element(
      "section",
      { class: "card lead" },
      element("h2", {}, element("a", { href: within("learn.html") }, t("pack.learn"))),
      element("p", {}, t("pack.learn.text")),
    ),
    element("div", { class: "cards" }, ...LECTURES.map(lectureCard)),
    element("p", { class: "provenance" }, element("a", { href: document.documentElement.dataset.app }, t("pack.index.app"))),
  ),
);
document.title = t("app.name");
document.documentElement.dataset.drawn = "1";
