"""The paper's equations (Sec. III) as plain loops in float64, to compare layers with.

Written from the printed equations alone; names are the paper's. Features are
(B, T, N, C); `sets[i]` lists the neighbours of joint i.
"""

import math

import numpy as np

from dgnet_tf import skeletons

ACTIVATIONS = {
    "linear": lambda s: s,
    "leaky_relu": lambda s: s if s > 0 else 0.2 * s,
    "tanh": math.tanh,
    "sigmoid": lambda s: 1.0 / (1.0 + math.exp(-s)),
}


def knn(points, neighbors):
    """Eq. 3, 10: the joint itself, then the nearest, ties to the lower index."""
    sets = []
    for i in range(len(points)):
        order = []
        for j in range(len(points)):
            difference = np.float64(points[i]) - np.float64(points[j])
            distance = sum(d * d for d in difference)
            order.append((j != i, distance, j))
        sets.append(sorted(j for _, _, j in sorted(order)[:neighbors]))
    return sets


def bones(skeleton):
    """Eq. 1: the joints that a bone connects with each joint."""
    parents = skeletons.get(skeleton).parents
    sets = [[] for _ in parents]
    for joint, parent in enumerate(parents):
        if parent != -1:
            sets[joint].append(parent)
            sets[parent].append(joint)
    return [sorted(joints) for joints in sets]


def fixed_sets(connection, skeleton, temporal):
    """Neighbours, the joint itself included, where they follow from the skeleton."""
    names = skeletons.get(skeleton).joints
    everybody = list(range(len(names)))
    if connection == "full":
        return [everybody for _ in names]
    if connection == "fixed":
        if temporal:
            return [[i] for i in everybody]  # Eq. 8
        return [sorted([i, *near]) for i, near in enumerate(bones(skeleton))]
    assert connection == "symmetry"
    swap = {"left": "right", "right": "left"}
    sets = []
    for i, name in enumerate(names):
        side, _, rest = name.partition("_")
        other = names.index(f"{swap[side]}_{rest}") if side in swap else i
        sets.append(sorted({i, other}))
    return sets


def fc(query, key, offset, activation="linear"):
    """Eq. 5, 12: one fully-connected layer on the concatenation of two features."""
    kernel = np.concatenate([query, key])[:, 0]

    def score(x_i, y_j):
        pair = np.concatenate([x_i, y_j])
        return ACTIVATIONS[activation](float(np.dot(pair, kernel) + offset))

    return score


def embedded_gaussian(theta, phi):
    """The logarithm of the embedded Gaussian kernel of [37]."""
    return lambda x_i, y_j: float(np.dot(x_i @ theta, y_j @ phi))


def affinity(sets, x, y, score, normalization="none"):
    """Eq. 6, 13: scores of x_i and y_j at the neighbours, zero elsewhere."""
    weighted = np.zeros((len(x), len(x)))
    for i, neighbors in enumerate(sets):
        scores = {j: score(x[i], y[j]) for j in neighbors}
        if normalization == "softmax":
            most = max(scores.values())  # Only against overflow: it cancels.
            total = sum(math.exp(s - most) for s in scores.values())
            scores = {j: math.exp(s - most) / total for j, s in scores.items()}
        elif normalization == "mean":
            scores = {j: s / len(neighbors) for j, s in scores.items()}
        for j, s in scores.items():
            weighted[i, j] = s
    return weighted


def gather(weighted, x):
    """Row i: the sum over j of weighted(i, j) x_j."""
    rows = np.zeros((len(weighted), x.shape[1]))
    for i in range(len(weighted)):
        for j in range(len(x)):
            rows[i] += weighted[i, j] * x[j]
    return rows


def spatial(x, affinities, kernel, sigma, bias=0.0):
    """Eq. 2, 7: sigma(A X Theta) with an affinity for each example and frame."""
    y = np.zeros((*x.shape[:3], kernel.shape[1]))
    for b in range(x.shape[0]):
        for t in range(x.shape[1]):
            y[b, t] = sigma(gather(affinities[b, t], x[b, t]) @ kernel + bias)
    return y


def temporal(x, forward, backward, k_x, k_f, k_b, sigma, bias=0.0):
    """Eq. 9, 14; at the borders in time the missing frame's term is left out.

    `forward[b, t]` belongs to the pair (t, t + 1), `backward[b, t - 1]` to
    (t, t - 1).
    """
    y = np.zeros((*x.shape[:3], k_x.shape[1]))
    frames = x.shape[1]
    for b in range(x.shape[0]):
        for t in range(frames):
            total = x[b, t] @ k_x + bias
            if t + 1 < frames:
                total = total + gather(forward[b, t], x[b, t + 1]) @ k_f
            if t - 1 >= 0:
                total = total + gather(backward[b, t - 1], x[b, t - 1]) @ k_b
            y[b, t] = sigma(total)
    return y


def non_local(x, theta, phi, g, w):
    """The embedded Gaussian block of [37] on each frame, without its shortcut."""
    y = np.zeros(x.shape)
    joints = x.shape[2]
    everybody = [list(range(joints))] * joints
    score = embedded_gaussian(theta, phi)
    for b in range(x.shape[0]):
        for t in range(x.shape[1]):
            attention = affinity(everybody, x[b, t], x[b, t], score, "softmax")
            y[b, t] = gather(attention, x[b, t] @ g) @ w
    return y


def relu(x):
    return np.maximum(x, 0.0)


def linear(x):
    return x


def batch_norm(x, scale, shift, mean, variance):
    """Batch normalisation with given statistics."""
    return scale * (x - mean) / np.sqrt(variance + 1e-5) + shift


def norm(layer, x):
    """A batch normalisation layer at inference, with its weights."""
    weights = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
    return batch_norm(x, *(np.asarray(weight, np.float64) for weight in weights))


def convolve(operation, layer, x):
    """One of the four convolutions without activation, as printed, with its weights."""

    def array(weight):
        return np.asarray(weight, np.float64)

    def score(pair_score):
        return fc(
            array(pair_score.query),
            array(pair_score.key),
            array(pair_score.offset),
            layer.score_activation,
        )

    examples, frames, joints, _ = x.shape
    if operation == "fsg":
        one = affinity(bones(layer.skeleton), x[0, 0], x[0, 0], lambda a, b: 1.0)
        everywhere = np.broadcast_to(one, (examples, frames, joints, joints))
        return spatial(x, everywhere, array(layer.theta), linear)
    if operation == "ftg":
        same = np.broadcast_to(np.eye(joints), (examples, frames, joints, joints))
        kernels = [array(k) for k in (layer.w_x, layer.w_f, layer.w_b)]
        return temporal(x, same, same, *kernels, linear)
    if operation == "dsg":
        b_t = np.zeros((examples, frames, joints, joints))
        for b, t in np.ndindex(examples, frames):
            frame = x[b, t]
            sets = knn(frame, layer.neighbors)
            b_t[b, t] = affinity(
                sets, frame, frame, score(layer.gamma), layer.normalization
            )
        return spatial(x, b_t, array(layer.phi), linear)
    assert operation == "dtg"
    forward = np.zeros((examples, frames - 1, joints, joints))
    backward = np.zeros_like(forward)
    for b, t in np.ndindex(examples, frames - 1):
        now, later = x[b, t], x[b, t + 1]
        sets = knn(later - now, layer.neighbors)
        how = layer.normalization
        forward[b, t] = affinity(sets, now, later, score(layer.alpha), how)
        backward[b, t] = affinity(sets, later, now, score(layer.beta), how)
    kernels = [array(k) for k in (layer.u_x, layer.u_f, layer.u_b)]
    return temporal(x, forward, backward, *kernels, linear)
