"""Exact theory of linear self-attention and its baselines: closed-form risks, and training by gradient flow.

Everything is NumPy float64 in and out and free of sampling. A risk is E (prediction - w.x_q)^2, a total:
divide by d for the normalised error of isotropic data, add noise_var for the error against noisy labels. N is
the number of pairs of a training prompt, M that of a test prompt; both may be math.inf.
"""

from icl_core.theory.baselines import least_squares_risks, min_norm_risk, ols_risk, ridge_asymptotic
from icl_core.theory.flow_limits import (
    FlowLimit,
    flow_limit,
    flow_limit_random,
    max_init_scale,
    max_init_scale_random,
)
from icl_core.theory.gradient_flow import FlowPath, gradient_flow, gradient_flow_random
from icl_core.theory.isotropic_flow import flow_half_time, flow_logistic
from icl_core.theory.pools import PoolRisks, pool_limit, pool_optimum, pool_risks, pool_second_moment
from icl_core.theory.prediction_error import LabelMoments, corollary_4_3, linear_label_moments, theorem_4_2
from icl_core.theory.random_covariance import (
    SpectrumMoments,
    lsa_optimum_iid,
    lsa_optimum_random,
    lsa_risk_iid,
)
from icl_core.theory.risk import (
    RiskParts,
    best_step,
    best_step_risks,
    context_second_moment,
    lsa_optimum,
    lsa_reoptimised_risks,
    lsa_risk,
    lsa_risk_parts,
    zhang_gamma,
)

__all__ = [
    "FlowLimit",
    "FlowPath",
    "LabelMoments",
    "PoolRisks",
    "RiskParts",
    "SpectrumMoments",
    "best_step",
    "best_step_risks",
    "context_second_moment",
    "corollary_4_3",
    "flow_half_time",
    "flow_limit",
    "flow_limit_random",
    "flow_logistic",
    "gradient_flow",
    "gradient_flow_random",
    "least_squares_risks",
    "linear_label_moments",
    "lsa_optimum",
    "lsa_optimum_iid",
    "lsa_optimum_random",
    "lsa_reoptimised_risks",
    "lsa_risk",
    "lsa_risk_iid",
    "lsa_risk_parts",
    "max_init_scale",
    "max_init_scale_random",
    "min_norm_risk",
    "ols_risk",
    "pool_limit",
    "pool_optimum",
    "pool_risks",
    "pool_second_moment",
    "ridge_asymptotic",
    "theorem_4_2",
    "zhang_gamma",
]
