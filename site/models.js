/* The models of this folder: each is a script under models/, loaded when it is first asked for.

   window.ICL.models   names
   window.ICL.ready    a promise: all of them are loaded
   window.ICL.predict(name, xs, ys, queries)   predictions at the queries from all pairs; xs and queries are
                       rows of inputs */

"use strict";

const ICL = (window.ICL = {
  models: JSON.parse(document.documentElement.dataset.models || "[]"),
  known: {}, // by name: what the model's script says of it
  networks: {}, // by name: a Transformer, once its weights were asked for
  loading: {}, // by name: a promise

  get ready() {
    return Promise.all(this.models.map((name) => this.load(name)));
  },

  /* What a model's script says of it, when it is there. */
  load(name) {
    this.loading[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `models/${name}.js`;
      script.onload = () => resolve(this.known[name]);
      script.onerror = () => reject(new Error(`models/${name}.js is missing`));
      if (this.known[name]) resolve(this.known[name]);
      else document.head.append(script);
    });
    return this.loading[name];
  },

  /* Called by a model's script. */
  add(header, weights) {
    this.known[header.name] = { ...header, weights };
  },

  network(name) {
    const model = this.known[name];
    if (!model) throw new Error(`The model ${name} is not loaded: wait for ICL.ready.`);
    return (this.networks[name] ??= new Transformer(
      model.architecture,
      model.dimension,
      model.scale,
      decoded(model.tensors, model.weights),
    ));
  },

  predict(name, xs, ys, queries) {
    return this.network(name).predict(xs, ys, queries);
  },
});

/* Float64Arrays by name: of each tensor the scales of its rows, then its entries over them in 24 bits. */
function decoded(tensors, weights) {
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer), found = {};
  let place = 0;
  for (const { name, shape } of tensors) {
    const columns = shape[shape.length - 1], rows = shape.reduce((a, b) => a * b) / columns;
    const values = (found[name] = new Float64Array(rows * columns));
    let entry = place + 4 * rows;
    for (let row = 0; row < rows; row++) {
      const scale = view.getFloat32(place + 4 * row, true);
      for (let column = 0; column < columns; column++, entry += 3) {
        const number = bytes[entry] + 256 * bytes[entry + 1] + 65536 * bytes[entry + 2];
        values[row * columns + column] = (number - 8388607) * scale;
      }
    }
    place = entry;
  }
  return found;
}
