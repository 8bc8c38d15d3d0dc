"""Writes BVH files in their text format, and poses them by plain loops.

A tree is (name, offset, channels, children); an End Site is ("End Site", offset).
"""

from __future__ import annotations

import math

import numpy as np

ROOT = "Xposition Yposition Zposition Zrotation Yrotation Xrotation"
ZYX = "Zrotation Yrotation Xrotation"


def person(channels=ZYX, root_channels=ROOT, unit=0.01, rename=lambda name: name):
    """Returns a person with CMU's joints, arms to the sides, in units of metres."""

    def joint(name, x, y, z, *children):
        offset = (x / unit, y / unit, z / unit)
        if name == "End Site":
            return (name, offset)
        return (rename(name), offset, channels, children)

    def side(word, letter, sign):
        toe = joint("End Site", 0, 0, 0.06)
        foot = joint(f"{word}ToeBase", 0, -0.04, 0.12, toe)
        shin = joint(f"{word}Foot", 0, -0.42, 0, foot)
        thigh = joint(f"{word}Leg", 0, -0.41, 0, shin)
        upper = joint(f"{word}UpLeg", sign * 0.09, -0.1, 0.02, thigh)
        leg = joint(f"{letter}HipJoint", 0, 0, 0, upper)
        finger = joint("End Site", sign * 0.08, 0, 0)
        hand = joint(f"{word}Hand", sign * 0.25, 0, 0, finger)
        elbow = joint(f"{word}ForeArm", sign * 0.28, 0, 0, hand)
        arm = joint(f"{word}Arm", sign * 0.18, 0.03, 0, elbow)
        return leg, joint(f"{word}Shoulder", 0, 0, 0, arm)

    (left_leg, left_arm), (right_leg, right_arm) = (
        side("Left", "L", 1),
        side("Right", "R", -1),
    )
    top = joint("End Site", 0, 0.1, 0)
    head = joint("Head", 0, 0.09, -0.01, top)
    neck = joint("Neck", 0, 0, 0, joint("Neck1", 0, 0.1, 0, head))
    chest = joint("Spine1", 0, 0.12, 0, neck, left_arm, right_arm)
    back = joint("LowerBack", 0, 0, 0, joint("Spine", 0, 0.11, -0.01, chest))
    name, offset, _, children = joint("Hips", 0, 0, 0, left_leg, right_leg, back)
    return (name, offset, root_channels, children)


def motion(tree, frames, unit=0.01, size=20.0, seed=0):
    """Returns smooth rows of numbers: a root that moves about, angles that swing."""
    rng = np.random.default_rng(seed)
    names = [channel for node in nodes(tree) for channel in node[2].split()]
    time = np.arange(frames)[:, None] / 60.0
    rates, phases = rng.uniform(0.2, 1.0, (2, len(names)))
    swing = np.sin(2 * np.pi * (rates * time + phases))
    rows = size * swing
    for column, name in enumerate(names[:3]):
        rows[:, column] = (0.3 * swing[:, column] + (name[0] == "Y")) / unit
    return np.round(rows, 4)


def nodes(tree):
    """Yields the tree's nodes but End Sites, as a file lists them."""
    if tree[0] != "End Site":
        yield tree
        for child in tree[3]:
            yield from nodes(child)


def text(tree, rows, frame_time="0.0166667", frames=None):
    """Returns the file's text; `frames` replaces the number of frames it says."""
    lines = ["HIERARCHY", *_lines("ROOT", tree, 0), "MOTION"]
    lines += [f"Frames: {len(rows) if frames is None else frames}"]
    lines += [f"Frame Time: {frame_time}"]
    lines += [" ".join(f"{number:.4f}" for number in row) for row in rows]
    return "\n".join(lines) + "\n"


def write(path, tree, rows, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(tree, rows, **options))
    return path


def _lines(word, tree, depth):
    tabs = "\t" * depth
    yield f"{tabs}{word} {tree[0]}" if word != "End Site" else f"{tabs}End Site"
    yield f"{tabs}{{"
    yield f"{tabs}\tOFFSET " + " ".join(f"{number:.5f}" for number in tree[1])
    if word != "End Site":
        yield f"{tabs}\tCHANNELS {len(tree[2].split())} {tree[2]}"
        for child in tree[3]:
            kind = "End Site" if child[0] == "End Site" else "JOINT"
            yield from _lines(kind, child, depth + 1)
    yield f"{tabs}}}"


def pose(tree, row) -> dict[str, np.ndarray]:
    """Returns name to place of one frame; the End Site of A is A/end."""
    places, numbers = {}, iter(row)

    def visit(node, above, turn, place):
        name = f"{above}/end" if node[0] == "End Site" else node[0]
        local = list(node[1])
        own = np.eye(3)
        for channel in node[2].split() if len(node) > 2 else ():
            axis, number = "XYZ".index(channel[0]), next(numbers)
            if channel.endswith("position"):
                local[axis] = number
            else:
                own = own @ elementary(axis, math.radians(number))
        places[name] = place + turn @ np.array(local)
        for child in node[3] if len(node) > 2 else ():
            visit(child, name, turn @ own, places[name])

    visit(tree, "", np.eye(3), np.zeros(3))
    return places


def elementary(axis, angle):
    """Returns the right-handed turn about one axis."""
    turn = np.eye(3)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turn[one, one] = turn[other, other] = math.cos(angle)
    turn[other, one], turn[one, other] = math.sin(angle), -math.sin(angle)
    return turn


def with_positions(tree, rows, scale=1.0, offsets=1.0):
    """Gives all joints channels of position that hold their OFFSETs.

    Args:
        tree, rows: a person whose root alone has such channels.
        scale: factor of the positions, the root's apart.
        offsets: factor of the OFFSETs that the returned tree states, the End Sites'
            apart.

    Returns:
        The tree and its rows.
    """
    columns, own, at = [], len(ROOT.split()), 0

    def joint(node, depth):
        nonlocal at
        if node[0] == "End Site":
            return node
        name, offset, channels, children = node
        count = len(channels.split())
        if depth:
            columns.extend(np.full(len(rows), scale * number) for number in offset)
            channels = " ".join(ROOT.split()[:3] + channels.split())
        columns.extend(rows[:, column] for column in range(at, at + count))
        at += count
        stated = tuple(offsets * number for number in offset)
        return (name, stated, channels, [joint(child, depth + 1) for child in children])

    assert len(tree[2].split()) == own
    found = joint(tree, 0)
    return found, np.stack(columns, axis=1)


def trunk(spines, neck=("Neck", "Head"), limbs="UpLeg Leg Foot Arm ForeArm Hand"):
    """Returns a person of centimetres with a straight trunk 50 long, arms to the sides.

    Args:
        spines: (name, height over the hip's middle) of the spine's joints.
        neck: names of the joints at 50 and at 60.
        limbs: the six limb joints of a side, after `Left` and `Right`.
    """

    def chain(names, steps):
        name, step = names[0], steps[0]
        below = chain(names[1:], steps[1:]) if names[1:] else ("End Site", steps[1])
        return (name, step, ZYX, [below])

    def side(word, sign):
        names = [word + name for name in limbs.split()]
        leg = chain(
            names[:3], [(9 * sign, -2, 0), (0, -42, 0), (0, -41, 0), (0, -6, 14)]
        )
        arms = [
            (13 * sign, 0, 0),
            (28 * sign, 0, 0),
            (25 * sign, 0, 0),
            (9 * sign, 0, 0),
        ]
        collar = (f"{word}Collar", (4 * sign, -4, 0), ZYX, [chain(names[3:], arms)])
        return leg, collar

    (left_leg, left_arm), (right_leg, right_arm) = side("Left", 1), side("Right", -1)
    head = (neck[1], (0, 10, 0), ZYX, [("End Site", (0, 19, 0))])
    heights = [height for _, height in spines]
    steps = np.diff([2, *heights, 50])
    upper = [(neck[0], (0, steps[-1], 0), ZYX, [head]), left_arm, right_arm]
    for (name, _), step in reversed(list(zip(spines, steps, strict=False))):
        upper = [(name, (0, step, 0), ZYX, upper)]
    return ("Hips", (0, 0, 0), ROOT, [left_leg, right_leg, *upper])
