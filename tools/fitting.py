"""Logistic regression over fired rules, in the shape the engine sums them.

z = base + sum over families of clip(sum of weights of fired rules, -cap, +cap)

The loss is the weighted log-loss plus an L2 pull towards the weights written by hand and an L1 pull
towards zero. Bounds keep every rule on its side: a rule for the trade never weighs below zero, an
innocent reading never above, and what ordinary text says often is bounded by its frequency there.
Minimised with L-BFGS-B (bounds); a family held at its cap passes no gradient, as in the engine.
Rows that fire the same rules are merged, so cost grows with distinct rows, not with lines.
"""
import numpy as np
import scipy.optimize
import scipy.sparse

# A rule for the trade keeps this much: a rule without weight is not evaluated, and the wording is
# heard only once a rule has told.
WEIGHT_LEAST = 0.02


class Design:
    """Rules as columns: their sign, hand weight, family and cap."""

    def __init__(self, rules, caps):
        """rules: name -> (weight, family) as written in the packs; caps: family -> cap."""
        self.names = sorted(rules)
        self.column = {name: at for at, name in enumerate(self.names)}
        self.hand = np.array([float(rules[name][0]) for name in self.names])
        families = sorted({rules[name][1] for name in self.names})
        self.caps = np.array([float(caps.get(family, 100.0)) for family in families])
        of = {family: at for at, family in enumerate(families)}
        member = [of[rules[name][1]] for name in self.names]
        self.family_of = np.array(member)
        self.members = scipy.sparse.csr_matrix(
            (np.ones(len(member)), (np.arange(len(member)), member)),
            shape=(len(member), len(families)))

    def matrix(self, fired):
        """One row an event: which rules fired (iterables of names; unknown ones are left out)."""
        rows, columns = [], []
        for row, names in enumerate(fired):
            for name in names:
                if name in self.column:
                    rows.append(row)
                    columns.append(self.column[name])
        return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)),
                                       shape=(len(fired), len(self.names)))


def merge_rows(matrix, truth, weight, offset):
    """Rows with the same rules, truth and offset become one, their weights added."""
    groups = {}
    for row in range(matrix.shape[0]):
        fired = tuple(sorted(matrix.indices[matrix.indptr[row]:matrix.indptr[row + 1]]))
        key = (fired, truth[row], offset[row])
        groups[key] = groups.get(key, 0.0) + weight[row]
    keys = sorted(groups)
    rows = [at for at, key in enumerate(keys) for _ in key[0]]
    columns = [column for key in keys for column in key[0]]
    merged = scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)),
                                     shape=(len(keys), matrix.shape[1]))
    return (merged, np.array([key[1] for key in keys], float),
            np.array([groups[key] for key in keys]), np.array([key[2] for key in keys], float))


def log_odds(design, matrix, weights, base):
    """z of every row, families held within their caps."""
    sums = matrix.multiply(weights).tocsr() @ design.members
    sums = sums.toarray()
    return base + np.clip(sums, -design.caps, design.caps).sum(axis=1)


def frequency_bounds(design, matrix, weight_max):
    """Greatest |weight| of each rule, given how often ordinary lines fire it.

    A rule that fires in one of a thousand ordinary lines may not weigh more than about 2.4, one in
    a hundred 1.6: 0.35 x the log of the odds against seeing it there.
    """
    count = np.asarray(matrix.sum(axis=0)).ravel()
    rate = (count + 0.5) / (matrix.shape[0] + 1.0)
    return np.clip(-0.35 * np.log(rate), 0.2, weight_max)


def fit(design, matrix, truth, weight, offset, options):
    """Weights and base.

    offset: log-odds each row has besides the rules. options: l2, l1, pull (0..1, share of the hand
    weight that L2 pulls to), upper and lower (bounds on |weight|), base_bounds.
    """
    matrix, truth, weight, offset = merge_rows(matrix, truth, weight, offset)
    count = len(design.names)
    sign = np.sign(design.hand)
    target = options["pull"] * design.hand
    columns = matrix.tocsc()
    family_of = design.family_of

    def loss(point):
        weights, base = point[:count], point[count]
        sums = (matrix.multiply(weights).tocsr() @ design.members).toarray()
        clipped = np.clip(sums, -design.caps, design.caps)
        z = base + offset + clipped.sum(axis=1)
        value = float((weight * (np.logaddexp(0.0, z) - truth * z)).sum())
        slope = weight * (1.0 / (1.0 + np.exp(-z)) - truth)
        open_ = (np.abs(sums) <= design.caps).astype(float) * slope[:, None]
        gradient = np.empty(count + 1)
        for family in range(open_.shape[1]):
            mine = np.flatnonzero(family_of == family)
            gradient[mine] = columns[:, mine].T @ open_[:, family]
        gap = weights - target
        value += 0.5 * options["l2"] * float(gap @ gap) + options["l1"] * float(np.abs(weights).sum())
        gradient[:count] += options["l2"] * gap + options["l1"] * sign
        gradient[count] = slope.sum()
        return value, gradient

    upper = np.where(sign > 0, options["upper"], 0.0)
    least = np.where(sign > 0, WEIGHT_LEAST, 0.0)
    lower = np.where(sign < 0, -np.minimum(options["upper"], options["lower"]), least)
    bounds = list(zip(lower, upper)) + [options["base_bounds"]]
    start = np.append(np.clip(design.hand, lower, upper), sum(options["base_bounds"]) / 2)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds,
                                    options={"maxiter": 400})
    return found.x[:count], float(found.x[count])
