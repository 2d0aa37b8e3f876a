"""Plain English labels, for figures that are written without the dashboard and its catalogue of texts."""

from icl_core.figures import Labels

PLAIN = Labels(
    methods={
        "transformer": "Transformer",
        "linear_attention": "LSA, trained",
        "lsa": "LSA",
        "lsa_reoptimised": "LSA, best per k",
        "ols": "OLS",
        "ridge": "Ridge",
        "lasso": "Lasso",
        "bayes": "Bayes",
        "bayes_test": "Bayes, test prior",
        "dmmse": "Bayes, task pool",
        "smooth": "Smooth interpolator",
        "averaging": "Averaging",
        "neighbours": "Nearest neighbours",
        "gradient_descent": "Gradient descent",
        "zero": "Zero",
    },
    context_length="Examples in the prompt, k",
    error="Error (1 = predicting zero, unshifted)",
    dimension="k = d",
    beyond="longer than trained",
    off_scale="{method}: up to {value} at k = {k}",
    read_out="k = {k}",
    interval="90%",
    median="median",
)
