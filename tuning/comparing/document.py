"""The Markdown report of a comparison."""

from __future__ import annotations

from dgnet_tf.evaluation import comparison_report
from dgnet_tf.evaluation import report_sections as section
from dgnet_tf.files.escaping import in_code, in_markdown
from dgnet_tf.files.tables import Table
from tuning.comparing import rows as table
from tuning.comparing.findings import Compared, Comparison

# What networks may differ in besides their sizes, and a comparison shares.
_SHARED = ("learning_rate", "learning_rate_decay", "optimizer", "flip", "noise_px")

_NOTES = """\
- {scored} Means over all frames{seeds}, in brackets 95 % bootstrap intervals by
  video (all cameras of a take together). Millimetres; the acceleration error per frame
  squared.
- Noise is Gaussian, on the pixels of the keypoints given to the network, the same for
  all networks and seeds; white, which smoothing removes and no detector makes, unless a
  correlation from one frame to the next is named.
- The mean pose of the training split, the same for every frame, is what a network must
  beat.
- Multiply-adds a frame: of one pass of the network over one window, divided by its
  frames (`models/multiply_adds.py`); FLOPs are twice as many. The overlap rule
  "interior" runs about two passes, "mean" and "center" as many as a window has frames,
  but for the architecture `tcn`, which lifts unbroken video without windows and is
  counted so. The mirrored estimate doubles all.
- Parameters count batch norms' moving statistics too.
- Training minutes are the wall time of a training with its compilation and the
  validation after each epoch, of runs that were not interrupted. **They depend on
  what else ran on the machine.**
{latency}"""

_LATENCY = """\
- Latency is of the exported function on {device}: one person, one clip of a window's
  frames, one pass without the mirrored estimate, the median of {calls} calls, all
  networks in turns in one process after all training. A frame's is the window's over
  its frames. **It depends on what else ran: the load average was {load_average:.1f} on
  {cores} cores when it began.** Compare ratios rather than milliseconds."""

_DIFFERENCES = """\
A network's mean less {first}'s on the same videos under the same noise; its interval is
from drawing videos anew. "Better on" is the share of videos on which it is better; p is
of a test that swaps the two at random, video by video, not corrected for the number of
rows. All of it is over videos; the spread over seeds is below.
"""


def markdown(found: Comparison, chart: str | None) -> str:
    """Returns the report.

    Args:
        found: the comparison.
        chart: path of the picture, relative to the report; None without one.
    """
    study = found.study
    parts = [
        f"# {len(found.networks)} networks on {in_markdown(study.dataset)}, "
        f"{in_markdown(study.split)} split",
        _figures(found),
        _notes(found),
    ]
    if chart:
        parts += [
            "## Error against size",
            f"![error against parameters]({chart})",
        ]
    if any(found.pairs.values()):
        first = found.networks[0]
        parts += [
            f"## Difference to {in_markdown(first.title)}",
            _DIFFERENCES.format(first=in_markdown(first.title)).strip(),
            _differences(found),
        ]
    parts += ["## How they were trained", _trainings(found)]
    missing = [
        f"- {in_markdown(one.title)}, {in_markdown(remark)}"
        for one in found.networks
        for remark in one.remarks
    ]
    if missing:
        parts += ["## Failed or not done", "\n".join(missing)]
    return "\n\n".join(parts) + "\n"


def _figures(found):
    headers = [_header(noise, metric) for noise, metric in table.scored(found)]
    headers = ["network", *headers, "parameters", "multiply-adds a frame"]
    headers += ["training, min", "ms a window", "ms a frame", "times the first"]
    rows = []
    for one in found.networks:
        times = table.times(found, one)
        rows.append(
            [
                one.title,
                *(_cell(one, noise, metric) for noise, metric in table.scored(found)),
                *(table.size(one, name) for name in table.SIZES),
                one.seconds and one.seconds / 60,
                *(_digits(times.get(name)) for name in table.LATENCIES),
            ]
        )
    if found.mean_pose:
        constant = [
            section.value(metric, found.mean_pose.get(metric))
            for _, metric in table.scored(found)
        ]
        rows.append(["mean pose", *constant, *[None] * 6])
    return Table(headers, rows).markdown()


def _header(noise, metric):
    title = section.TITLES[metric]
    return f"{title}, {noise}" if noise else title


def _cell(one: Compared, noise, metric):
    made = one.reports.get(noise)
    return made and comparison_report.with_interval(made, metric)


def _digits(value):
    return None if value is None else f"{value:.3g}"


def _notes(found):
    study, seeds = found.study, len(found.seeds)
    return _NOTES.format(
        scored=f"{in_code(study.dataset)}, split {in_markdown(study.split)}, data "
        f"{in_markdown(study.data[:12])}.",
        seeds=f" and {seeds} seeds" if seeds > 1 else ", of one seed",
        latency=_latency(found.latency),
    )


def _latency(measured):
    if measured is None:
        return "- Latency was not measured."
    return _LATENCY.format(**{**measured, "device": in_markdown(measured["device"])})


def _differences(found):
    rows = []
    for one in found.networks[1:]:
        for noise, metric in table.scored(found):
            pair = found.pairs[one.id].get(noise, {}).get(metric)
            if pair is not None:
                _, *cells = comparison_report.difference(pair)
                rows.append([one.title, _header(noise, metric), *cells])
    headers = ["network", "metric", "difference", "95 % interval", "better on", "p"]
    return Table(headers, rows).markdown()


def _trainings(found):
    base = found.study.base
    rows = [
        [
            one.title,
            one.config["frames"],
            one.config["batch_size"],
            one.config["epochs"] * one.config["steps_per_epoch"],
            one.frames_seen,
            len(one.finished),
            one.spread,
            _own(one, base),
        ]
        for one in found.networks
    ]
    headers = ["network", "frames a window", "windows a batch", "steps"]
    headers += ["frames seen", "seeds", "spread, mm", "differs in"]
    shared = ", ".join(in_code(f"{name}={getattr(base, name)}") for name in _SHARED)
    return (
        f"All see the same number of frames, as nearly as whole steps allow. {shared}, "
        "unless the last column says otherwise. Spread is the standard deviation of "
        "MPJPE over seeds.\n\n" + Table(headers, rows).markdown()
    )


def _own(one, base):
    return ", ".join(
        f"{name}={one.config[name]}"
        for name in _SHARED
        if one.config[name] != getattr(base, name)
    )
