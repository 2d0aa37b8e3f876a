/* What an ideal learner makes of a prompt of one input: least squares, and the Bayes mixture of
   icl_core/predictors/bayes.py with its posterior.

   Dimension letters: N pairs, G points of a grid, C components of a family, m features of a component. */

"use strict";

/* The line through 0 that fits the pairs best, at each point of the grid. */
function leastSquares(xs, ys, grid) {
  let square = 0, product = 0;
  xs.forEach((x, i) => {
    square += x * x;
    product += x * ys[i];
  });
  const slope = square > 0 ? product / square : 0;
  return Array.from(grid, (x) => slope * x);
}

/* Families, each a finite mixture of Gaussian linear models: f(x) = <w, phi_c(x)> with w ~ N(0, I_m). */
const FAMILIES = {
  DenseWeights: ({ weight_variance }) => ({
    components: 1,
    features: 1,
    at: (x) => [Math.sqrt(weight_variance) * x],
  }),
  Sinusoids: ({ frequencies, weight_variance }) => ({
    components: frequencies.length,
    features: 2,
    at: (x, c) => {
      const scale = Math.sqrt(weight_variance), angle = frequencies[c] * x;
      return [scale * Math.sin(angle), scale * Math.cos(angle)];
    },
  }),
};

/* Posterior mean under the prior sum_f weights[f] family_f, labels y = f(x) + N(0, noise). The features at the
   grid's points are computed once, whatever the pairs. */
class BayesMixture {
  constructor(families, weights, grid) {
    this.weights = weights;
    this.families = families.map((family) => FAMILIES[family.kind](family));
    this.basis = this.families.map(({ components, features, at }) => {
      const basis = new Float64Array(components * features * grid.length); // [C, m, G]
      for (let c = 0; c < components; c++)
        for (let g = 0; g < grid.length; g++)
          at(grid[g], c).forEach((value, j) => (basis[(c * features + j) * grid.length + g] = value));
      return basis;
    });
    this.points = grid.length;
  }

  /* { values [G], posterior [F], own [F][G] } after all pairs, their labels' noise having this variance: the
     mixture's function, its belief, and what each family alone would answer. */
  learn(xs, ys, noise) {
    const fits = this.families.map((family, f) => this.fit(family, this.basis[f], xs, ys, noise));
    const posterior = softmax(fits.map((fit, f) => Math.log(this.weights[f]) + fit.evidence));
    const values = Array.from({ length: this.points }, (_, g) =>
      fits.reduce((sum, fit, f) => sum + posterior[f] * fit.values[g], 0),
    );
    return { values, posterior, own: fits.map((fit) => fit.values) };
  }

  /* One family's own function [G] and the log evidence of the pairs under it. */
  fit(family, basis, xs, ys, noise) {
    const { components, features } = family;
    const means = [], joint = new Float64Array(components).fill(-Math.log(components)); // uniform prior
    for (let c = 0; c < components; c++) {
      const rows = xs.map((x) => family.at(x, c));
      const { mean, likelihood } = regression(rows, ys, features, noise);
      means.push(mean);
      joint[c] += likelihood;
    }
    const shares = softmax(joint), values = new Float64Array(this.points);
    for (let c = 0; c < components; c++)
      for (let j = 0; j < features; j++) {
        const weight = shares[c] * means[c][j], start = (c * features + j) * this.points;
        if (weight !== 0) for (let g = 0; g < this.points; g++) values[g] += weight * basis[start + g];
      }
    const largest = Math.max(...joint);
    const evidence = largest + Math.log(joint.reduce((sum, each) => sum + Math.exp(each - largest), 0));
    return { values, evidence };
  }
}

/* Bayesian linear regression from the prior N(0, I), one pair at a time: the mean [m] and the log likelihood.
   The covariance is kept as P = R R^T (Potter's square-root form, Bierman 1977), which stays positive. */
function regression(rows, ys, features, noise) {
  const mean = new Float64Array(features), root = new Float64Array(features * features);
  for (let j = 0; j < features; j++) root[j * features + j] = 1;
  let likelihood = 0;
  rows.forEach((row, i) => {
    const projected = row.map((_, j) => row.reduce((sum, phi, l) => sum + root[l * features + j] * phi, 0));
    const variance = projected.reduce((sum, each) => sum + each * each, noise);
    const covariance = row.map((_, l) =>
      projected.reduce((sum, each, j) => sum + root[l * features + j] * each, 0),
    );
    const innovation = ys[i] - row.reduce((sum, phi, j) => sum + mean[j] * phi, 0);
    const shrink = 1 / (variance + Math.sqrt(noise * variance));
    for (let l = 0; l < features; l++) {
      mean[l] += (covariance[l] * innovation) / variance;
      for (let j = 0; j < features; j++) root[l * features + j] -= covariance[l] * projected[j] * shrink;
    }
    likelihood -= (Math.log(2 * Math.PI * variance) + (innovation * innovation) / variance) / 2;
  });
  return { mean, likelihood };
}

function softmax(values) {
  const largest = Math.max(...values), powers = Array.from(values, (each) => Math.exp(each - largest));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
}

/* Root mean square difference of two functions on the grid over the points within `inputs`; null where the
   first is known at none of them. */
function functionDistance(first, second, grid, [low, high]) {
  let sum = 0, count = 0;
  grid.forEach((x, i) => {
    if (x < low || x > high || first[i] === null) return;
    sum += (first[i] - second[i]) ** 2;
    count++;
  });
  return count ? Math.sqrt(sum / count) : null;
}
