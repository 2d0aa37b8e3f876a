/* The page of the Prompt lab: the lab as its link has it, then the other models. */

"use strict";

ICL.load(Lab.model(query))
  .then(() => {
    const main = element("main");
    document.body.append(masthead(), main);
    window.lab = new Lab(main, query, true);
    document.documentElement.dataset.drawn = "1";
    return ICL.ready; // the other models, now that the page is there
  })
  .then(() => (document.documentElement.dataset.ready = "1"));
