"""The claims in words for a terminal: statements by number, quantities by key. Pages have their own."""

from __future__ import annotations

from collections.abc import Mapping

from icl_core.claims import Claim, Limit

STATEMENTS: Mapping[str, str] = {
    "A1": "Gradient flow from the theorem's starts reaches the global minimum.",
    "A2": "The minimum is reached at the stated factors of W^KQ and W^PV.",
    "A3": "Stochastic gradient descent on the full matrices follows the flow.",
    "A4": "The error at the minimum is the stated one, for linear and for other labels.",
    "A5": "With long prompts the error comes down to that of the best linear predictor.",
    "A6": "The excess is O(1/M) + O(1/N^2): a finite N leaves a floor.",
    "A7": "Shifts of the task are tolerated.",
    "A8": "Shifts of the query are tolerated with long prompts; an orthogonal query gives 0.",
    "A9": "Shifts of the covariates are not tolerated, though least squares does not mind them.",
    "A10": "With random covariances the minimum keeps an error however long the prompts.",
    "A11": "Even then it is brittle under mild shifts of the covariates.",
    "A12": "A transformer trained on a fixed covariance copes at c = 1 and fails at c = 4 and 9.",
    "A13": "A transformer trained on random covariances is better at high c.",
    "A14": "But it falls short of least squares at c = 9.",
    "A15": "The error rises where test prompts are longer than the trained ones.",
    "B1": "A transformer trained on dense functions is as good as least squares.",
    "B2": "A transformer trained on sparse functions is as good as the Lasso.",
    "B3": "A transformer trained on a mixture is as good as the dense specialist on dense functions.",
    "B4": "A transformer trained on a mixture is as good as the sparse specialist on sparse functions.",
    "B5": "A transformer trained on sparse functions alone fails on dense ones.",
    "B6": "A transformer trained on dense functions alone fails on sparse ones.",
    "B7": "Over the number of nonzero weights it is as good as the better specialist at both ends.",
    "B8": "It predicts as one specialist at each end, and as neither in between.",
    "B9": "The ideal mixture itself jumps to the dense answer off the trained sparsity.",
    "B10": "With one input, a transformer trained on linear functions and sinusoids fits either alone.",
    "B11": "It fails on their convex combination.",
    "B12": "The context has the information: a learner that knows the sum class fits it.",
    "B13": "A larger model does not repair it.",
    "B14": "Extreme versions of a family fail.",
    "B15": "Pretraining that covers them repairs it.",
    "B16": "Selection costs little, and less with more examples.",
    "B17": "Trained on linear functions and ReLU networks, a transformer is as good as either specialist.",
    "C1": "Linear attention cannot select: dense and sparse functions are the same to it.",
    "C2": "Pretrained on few tasks a transformer is like the discrete MMSE, on many like ridge.",
    "C3": "Between a dense prior and one of fixed support it selects as the exact Bayes learner does.",
    "C4": "The band decides: trained on one frequency it fails on the sum, trained on a band it copes.",
    "C5": "Coping is smoothing: on the sum it errs less than halfway from smooth interpolator to prior.",
}

SETTINGS: Mapping[str, str] = {"broad": "frequencies .5 to 2", "narrow": "frequency 2 alone"}
"""What tells the settings of a claim apart that is measured in several."""

COMBINATION = "error on the combination at alpha = .5, k = K/2"
COMBINATION_RATIO = "its ratio to the mean of alpha = 0 and 1"

QUANTITIES: Mapping[str, str] = {
    "flow_end": "largest relative deviation of uU from the inverse of Gamma, 20 random cases",
    "flow_factors": "largest relative deviation of a factor, 20 random cases",
    "sgd_risk": "largest relative difference of the risk at 5 times",
    "sgd_weight": "largest difference of a weight at 5 times",
    "exact_from_monte_carlo": "largest distance of exact error and Monte Carlo in standard errors, 7 cases",
    "long_prompts": "error at N = M = 100 d",
    "slope_of_excess": "distance of the slope of log excess against log M, N infinite, from -1",
    "slope_of_floor": "distance of the slope of log floor against log N, M infinite, from -2",
    "task_scale": "error / E f^2 over unshifted, weights times 4, N = M = 4 d",
    "task_mean": "error / E f^2 over unshifted, mean task of length sqrt(d), N = M = 4 d",
    "task_covariance": "error / E f^2 over unshifted, power-law task covariance, N = M = 4 d",
    "query_scale": "error / tr(QT) over unshifted, Q = 4 I, N = M = 20 d",
    "query_skew": "error / tr(QT) over unshifted, skewed Q, N = M = 20 d",
    "query_half_subspace": "error / tr(QT) over unshifted, Q on half the inputs, N = M = 20 d",
    "query_orthogonal": "largest prediction for a query orthogonal to all x_i",
    "covariates_scale": "error / 4 under 4 times the covariance over unshifted, N = M = 20 d",
    "least_squares_there": "error of least squares there, to 12 decimals",
    "error_from_a_third": "distance of the error at N = M = 10^6 from 1/3, Exp(1) eigenvalues",
    "limit_at_4": "distance of the limit of the error at c = 4 from 25.33",
    "limit_at_9": "distance of the limit of the error at c = 9 from 387",
    "fixed_at_1": "excess of e(K) over least squares, c = 1",
    "fixed_at_4": "e(K) / c, c = 4",
    "fixed_at_9": "e(K) / c, c = 9",
    "fixed_less_random_at_4": "e(K) of fixed less that of random, c = 4",
    "fixed_less_random_at_9": "e(K) of fixed less that of random, c = 9",
    "random_less_least_squares_at_9": "e(K) / c less that of least squares, c = 9",
    "growth_beyond_length": "e(1.5 N) / e(N), fixed covariance, c = 1",
    "dense_from_least_squares": "mean over k of |e - least squares|, dense specialist on dense",
    "sparse_over_lasso": "largest excess over the best Lasso, k > nnz, sparse specialist on sparse",
    "sparse_below_least_squares": "gain over least squares at k = d/2, sparse specialist on sparse",
    "sparse_on_dense": "largest excess over least squares, sparse specialist on dense",
    "dense_on_sparse": "excess over the best Lasso at k = d/2, dense specialist on sparse",
    "cost_on_dense": "largest over k of (mixture - specialist) less the same of Bayes, dense",
    "cost_on_sparse": "largest over k of (mixture - specialist) less the same of Bayes, sparse",
    "sparse_end": "mixture less sparse specialist at k = d/2, nnz = 2",
    "dense_end": "mixture less dense specialist at k = d/2, nnz = d",
    "distance_to_sparse": "squared distance / v to the sparse specialist at k = d/2, nnz = 2",
    "distance_to_dense": "squared distance / v to the dense specialist at k = d/2, nnz = d",
    "distance_between": "largest over nnz between of the squared distance / v to the nearer one, k = d/2",
    "taken_for_dense": "mean P(dense) at nnz = 3, M = 12, d = 20, noise variance 1e-4",
    "near_linear_specialist": "|e - linear specialist| on linear, k = K/2",
    "near_sinusoid_specialist": "|e - sinusoid specialist| on sinusoids, k = K/2",
    "combination_error": COMBINATION,
    "combination_ratio": COMBINATION_RATIO,
    **{f"{size}_combination_error": f"{size}: {COMBINATION}" for size in ("small", "middle", "large")},
    **{f"{size}_combination_ratio": f"{size}: {COMBINATION_RATIO}" for size in ("small", "middle", "large")},
    "sum_oracle_error": "error of that learner at alpha = .5, k = K/2",
    "extreme_error": "error at 1.5 times the highest trained frequency, k = K/2",
    "inside_error": "error inside the range, k = K/2",
    "widened_error": "error of the widened model at that frequency, k = K/2",
    "cost_falls_dense": "gap to the better specialist at K/8 less that at K/2, dense",
    "cost_falls_sparse": "gap to the better specialist at K/8 less that at K/2, sparse",
    "cost_falls_linear": "gap to the better specialist at K/8 less that at K/2, linear, 1-D",
    "cost_falls_sinusoid": "gap to the better specialist at K/8 less that at K/2, sinusoid, 1-D",
    "relu_pair_on_linear": "|e - linear specialist| on linear, k = K/2",
    "relu_pair_on_networks": "|e - network specialist| on networks, k = K/2",
    "attention_between_families": "largest difference of its risks on dense and on sparse, M = 1 to 2 d",
    "pool_nearer_dmmse": "pool of 4: |e - ridge| less |e - dMMSE| on new tasks, k = K",
    "unlimited_nearer_ridge": "unlimited: |e - dMMSE| less |e - ridge| on new tasks, k = K",
    "over_bayes_dense": "largest excess over the Bayes mixture, dense",
    "over_bayes_fixed": "largest excess over the Bayes mixture, fixed support",
    "narrow_error": "error at alpha = .5, k = K, frequency 2 alone",
    "broad_error": "error at alpha = .5, k = K, frequencies .5 to 2",
    "smoother_than_prior": "mean of smooth interpolator and Bayes prior less e at alpha = .5, k = K/2",
}


def statement(claim: Claim) -> str:
    """The claim, and in which of its settings."""
    said = STATEMENTS[claim.number]
    return f"{said.removesuffix('.')} ({SETTINGS[claim.setting]})." if claim.setting else said


def statistic(claim: Claim) -> str:
    """What is measured, with the thresholds."""
    return "; ".join(map(limit, claim.limits))


def limit(asked: Limit) -> str:
    """'error at N = M = 100 d at most 0.02'."""
    return f"{QUANTITIES[asked.quantity]} {asked.side} {asked.threshold:g}"
