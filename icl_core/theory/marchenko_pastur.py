"""The one expectation over the Marchenko-Pastur law that ridge regression and finite task pools need."""

import math


def residual_share(ratio: float, penalty: float) -> tuple[float, float]:
    """E[c/(t+c)] and E[(c/(t+c))^2] for c = penalty >= 0 and t ~ Marchenko-Pastur.

    t is the spectrum of a sample second moment of N(0, I) with ratio = dimension/samples; above ratio 1 it
    has mass 1 - 1/ratio at 0. From the Stieltjes transform m(-c), the positive root of
    ratio c m^2 + (1 - ratio + c) m - 1 = 0, as c m and -c^2 dm/dc (there E[1/(t+c)^2] = -dm/dc).
    """
    b = 1 - ratio + penalty
    root = math.sqrt(b * b + 4 * ratio * penalty)
    # The two forms are equal; each is free of cancellation on its side.
    first = 2 * penalty / (b + root) if b > 0 else (root - b) / (2 * ratio)
    second = first * (ratio * first + penalty) / root if root > 0 else 0.0
    return first, second
