/* The network of icl_core/models/transformer.py, forward only, in plain JavaScript.

   A prompt is a row of pairs (x, y). Nothing is trained here: the weights are fixed, and whatever the network
   learns of a prompt, it learns while it reads it. What it has read stays as keys and values, so that a new
   pair costs its own tokens alone, and a question one more.

   Dimension letters as in transformer.py: T tokens, D inputs, W width, H heads, C channels of a head,
   L layers, M hidden units. Matrices lie row after row; sums are taken in float64. */

"use strict";

class Transformer {
  /* `spec`: layers, heads, width, hidden, layout, mlp, normalisation. `scale` divides labels on the way in.
     `tensors`, flat arrays: embed_weight [W, D + 2], embed_bias [W], position [rows, W],
     attend [L, 3 W, W], project [L, W, W], widen [L, M or 2 M, W], narrow [L, W, M], read_weight [W],
     read_bias [1]. */
  constructor(spec, dimension, scale, tensors) {
    Object.assign(this, { spec, dimension, scale, tensors });
    this.interleaved = spec.layout === "interleaved";
    this.tokensOfPair = this.interleaved ? 2 : 1;
    this.points = tensors.position.length / spec.width / this.tokensOfPair; // the longest prompt
  }

  /* Predictions at each of `queries` from all pairs: xs and queries are rows of D inputs, ys labels. */
  predict(xs, ys, queries) {
    return new Prompt(this).read(xs, ys).answer(queries);
  }

  /* The tokens [D + 2] of a pair: inputs, label, and a flag where the label is asked for. */
  pairTokens(x, y) {
    const label = y / this.scale;
    if (!this.interleaved) return [[...x, label, 0]];
    return [[...x, 0, 1], [...x.map(() => 0), label, 0]];
  }

  /* Token and position embeddings added: [T, W]. */
  embed(tokens, rows) {
    const { width } = this.spec, { embed_weight, embed_bias, position } = this.tensors;
    const flat = Float64Array.from(tokens.flat()); // [T, D + 2]
    const residual = product(embed_weight, 0, width, this.dimension + 2, flat, tokens.length);
    for (let token = 0; token < tokens.length; token++)
      for (let w = 0; w < width; w++)
        residual[token * width + w] += embed_bias[w] + position[rows[token] * width + w];
    return residual;
  }

  /* Queries, keys and values of all heads, side by side: [T, 3 W]. */
  heads(layer, residual, count) {
    const { width } = this.spec;
    const normed = this.norm(residual, count);
    return product(this.tensors.attend, layer * 3 * width * width, 3 * width, width, normed, count);
  }

  /* The residual stream [T, W] after the layer's attention, whose outputs are `mixed` [T, W], and its MLP. */
  finish(layer, residual, mixed, count) {
    const { width } = this.spec, { project } = this.tensors;
    add(residual, product(project, layer * width * width, width, width, mixed, count));
    add(residual, this.mlp(layer, this.norm(residual, count), count));
    return residual;
  }

  mlp(layer, values, count) {
    const { width, hidden, mlp } = this.spec, { widen, narrow } = this.tensors;
    const gated = mlp === "glu", rows = gated ? 2 * hidden : hidden;
    const wide = product(widen, layer * rows * width, rows, width, values, count); // [T, M or 2 M]
    const active = gated ? new Float64Array(count * hidden) : wide.map(gelu);
    if (gated)
      for (let token = 0; token < count; token++)
        for (let m = 0; m < hidden; m++) {
          const gate = wide[token * rows + m], value = wide[token * rows + hidden + m];
          active[token * hidden + m] = (gate / (1 + Math.exp(-gate))) * value; // SiLU of the gate
        }
    return product(narrow, layer * width * hidden, width, hidden, active, count);
  }

  /* RMS or layer norm of each token, without parameters. */
  norm(values, count) {
    const { width, normalisation } = this.spec, centred = normalisation === "layer";
    const epsilon = centred ? 1e-5 : 2 ** -23; // as torch has them for float32
    const normed = new Float64Array(count * width);
    for (let token = 0; token < count; token++) {
      const start = token * width;
      let mean = 0, square = 0;
      if (centred) for (let w = 0; w < width; w++) mean += values[start + w] / width;
      for (let w = 0; w < width; w++) square += (values[start + w] - mean) ** 2;
      const factor = 1 / Math.sqrt(square / width + epsilon);
      for (let w = 0; w < width; w++) normed[start + w] = (values[start + w] - mean) * factor;
    }
    return normed;
  }

  /* The read-out of each token, in the labels' own units. */
  read(residual, count) {
    const { read_weight, read_bias } = this.tensors;
    const out = product(read_weight, 0, 1, this.spec.width, this.norm(residual, count), count);
    return Array.from(out, (value) => (value + read_bias[0]) * this.scale);
  }
}

/* What a network has read: pairs, and each layer's keys and values of their tokens. */
class Prompt {
  constructor(model) {
    this.model = model;
    this.xs = [];
    this.ys = [];
    const { layers, width } = model.spec, rows = model.tensors.position.length / width;
    this.keys = Array.from({ length: layers }, () => new Float64Array(rows * width)); // [T, W] each
    this.values = Array.from({ length: layers }, () => new Float64Array(rows * width));
  }

  /* Makes these the pairs that are read. From the first that differs all are read anew: later pairs have
     seen earlier ones. */
  read(xs, ys) {
    const { model } = this;
    if (xs.length > model.points - 1)
      throw new RangeError(`This model has positions for ${model.points - 1} pairs and a question.`);
    let kept = 0;
    while (kept < this.xs.length && kept < xs.length && this.holds(kept, xs[kept], ys[kept])) kept++;
    this.xs = xs.map((x) => Array.from(x));
    this.ys = Array.from(ys);
    const tokens = xs.slice(kept).flatMap((x, i) => model.pairTokens(Array.from(x), ys[kept + i]));
    if (tokens.length) this.append(tokens, kept * model.tokensOfPair);
    return this;
  }

  holds(pair, x, y) {
    return this.ys[pair] === y && this.xs[pair].every((value, d) => value === x[d]);
  }

  /* Reads tokens after the first `known`. In the last layer they only lend keys and values. */
  append(tokens, known) {
    const { model } = this, { layers, width } = model.spec, count = tokens.length;
    let residual = model.embed(tokens, tokens.map((_, token) => known + token));
    for (let layer = 0; layer < layers; layer++) {
      const parts = model.heads(layer, residual, count); // [T, 3 W]
      for (let token = 0; token < count; token++) {
        const from = token * 3 * width, to = (known + token) * width;
        this.keys[layer].set(parts.subarray(from + width, from + 2 * width), to);
        this.values[layer].set(parts.subarray(from + 2 * width, from + 3 * width), to);
      }
      if (layer === layers - 1) return;
      const mixed = this.attention(layer, parts, count, (token) => known + token + 1, false);
      residual = model.finish(layer, residual, mixed, count);
    }
  }

  /* Predictions at each of `queries`, rows of D inputs. A query sees all pairs and itself, no other query. */
  answer(queries) {
    const { model } = this, { layers } = model.spec, count = queries.length;
    const known = this.ys.length * model.tokensOfPair;
    const tokens = queries.map((x) => [...x, 0, 1]);
    let residual = model.embed(tokens, tokens.map(() => known));
    for (let layer = 0; layer < layers; layer++) {
      const parts = model.heads(layer, residual, count);
      residual = model.finish(layer, residual, this.attention(layer, parts, count, () => known, true), count);
    }
    return model.read(residual, count);
  }

  /* Heads' outputs [T, W] side by side for the tokens whose `parts` [T, 3 W] are given; token t sees the
     first `visible(t)` tokens that are read, and itself where it is none of them. */
  attention(layer, parts, count, visible, alone) {
    const { width, heads } = this.model.spec, channels = width / heads;
    const keys = this.keys[layer], values = this.values[layer];
    const mixed = new Float64Array(count * width), scores = new Float64Array(keys.length / width + 1);
    for (let token = 0; token < count; token++) {
      const query = token * 3 * width, seen = visible(token);
      for (let head = 0; head < width; head += channels) {
        let largest = -Infinity, total = 0;
        for (let s = 0; s < seen; s++) {
          scores[s] = dot(parts, query + head, keys, s * width + head, channels) / Math.sqrt(channels);
          if (scores[s] > largest) largest = scores[s];
        }
        if (alone) {
          scores[seen] =
            dot(parts, query + head, parts, query + width + head, channels) / Math.sqrt(channels);
          if (scores[seen] > largest) largest = scores[seen];
        }
        const out = token * width + head;
        for (let s = 0; s < seen; s++) {
          const weight = Math.exp(scores[s] - largest);
          total += weight;
          for (let c = 0; c < channels; c++) mixed[out + c] += weight * values[s * width + head + c];
        }
        if (alone) {
          const weight = Math.exp(scores[seen] - largest), own = query + 2 * width + head;
          total += weight;
          for (let c = 0; c < channels; c++) mixed[out + c] += weight * parts[own + c];
        }
        for (let c = 0; c < channels; c++) mixed[out + c] /= total;
      }
    }
    return mixed;
  }
}

/* Rows [T, rows] of inputs [T, columns] times a matrix [rows, columns] that begins at `start`. Four rows of the
   matrix and two inputs at a time: every number read serves several sums, which is 4 times faster than one by
   one. */
function product(matrix, start, rows, columns, inputs, count) {
  const out = new Float64Array(count * rows), whole = rows - (rows % 4);
  for (let token = 0; token < count; token += 2) {
    const here = token * columns, next = token + 1 < count ? here + columns : here; // an odd last one twice
    const to = token * rows, then = token + 1 < count ? to + rows : to;
    for (let row = 0; row < whole; row += 4) {
      const first = start + row * columns, second = first + columns;
      const third = second + columns, fourth = third + columns;
      let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
      for (let i = 0; i < columns; i++) {
        const x = inputs[here + i], y = inputs[next + i];
        const p = matrix[first + i], q = matrix[second + i], r = matrix[third + i], s = matrix[fourth + i];
        a += p * x; b += q * x; c += r * x; d += s * x;
        e += p * y; f += q * y; g += r * y; h += s * y;
      }
      out[to + row] = a;
      out[to + row + 1] = b;
      out[to + row + 2] = c;
      out[to + row + 3] = d;
      out[then + row] = e;
      out[then + row + 1] = f;
      out[then + row + 2] = g;
      out[then + row + 3] = h;
    }
    for (let row = whole; row < rows; row++) {
      out[to + row] = dot(matrix, start + row * columns, inputs, here, columns);
      out[then + row] = dot(matrix, start + row * columns, inputs, next, columns);
    }
  }
  return out;
}

function dot(first, start, second, other, count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += first[start + i] * second[other + i];
  return sum;
}

function add(target, values) {
  for (let i = 0; i < target.length; i++) target[i] += values[i];
}

/* x Phi(x), with the error function as the series 2 / sqrt(pi) exp(-z^2) sum_n 2^n z^(2n + 1) / (2n + 1)!!. */
function gelu(x) {
  const z = Math.abs(x) / Math.SQRT2;
  if (z > 6) return x > 0 ? x : 0;
  let term = z, sum = z;
  for (let n = 1; term > 1e-17 * sum; n++) sum += term *= (2 * z * z) / (2 * n + 1);
  const error = (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  return (x / 2) * (1 + Math.sign(x) * error);
}
