"""A live feed of one person, lifted by each engine with the shipped weights."""

from __future__ import annotations

from benchmarks import result, walker
from dgnet_tf.lifting import live_replay
from dgnet_tf.lifting.lifter import Lifter
from tuning.comparing import contest

FPS = 50
_SECONDS = 5  # Of a round.
_ENGINES = {"LiteRT": "litert", "TensorFlow": "tensorflow"}


def run(preset: str, rounds: int) -> result.Result:
    """Replays the feed, each frame when it is due, whatever the preset."""
    frames = [{"walker": pose} for pose in walker.keypoints(_SECONDS * FPS)]
    streams = {name: Lifter.load(engine=e) for name, e in _ENGINES.items()}
    found: dict[str, list] = {name: [] for name in streams}
    for lifter in streams.values():  # The first call of a graph is slow.
        _replay(lifter, frames[:FPS])
    for number in range(rounds):
        for name in list(streams)[:: 1 if number % 2 == 0 else -1]:
            found[name].append(_replay(streams[name], frames))
    times = {name: contest.Times(tuple(rounds)) for name, rounds in found.items()}
    figures = [
        result.exact(f"{name}: a frame over p99", 1 / FPS / seen.quantile(0.99), 1.0)
        for name, seen in times.items()
    ]
    late = {
        name: sum(seconds > 1 / FPS for calls in seen.rounds for seconds in calls)
        for name, seen in times.items()
    }
    listed = "; ".join(
        f"{name} p50 {1e3 * seen.median:.1f} ms, p99 {1e3 * seen.quantile(0.99):.1f}, "
        f"{late[name]} late of {sum(map(len, seen.rounds))}"
        for name, seen in times.items()
    )
    return result.Result(
        figures,
        times,
        {"late": late},
        [
            f"From when a frame is due at {FPS} frames a second until its pose is "
            f"there, mirrored estimate included: {listed}."
        ],
    )


def _replay(lifter, frames) -> tuple[float, ...]:
    """Returns the seconds from when each frame was due until its pose was there."""
    options = {"layout": "human36m_17", "fps": FPS}
    stream = lifter.stream(walker.IMAGE_SIZE, **options)
    latencies, _, _ = live_replay.replay(stream, frames, len(frames), FPS)
    return tuple(latencies)
