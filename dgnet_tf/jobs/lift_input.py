"""Lifts one input and writes its results, of which each ending is a format."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import time
from collections.abc import Callable, Sequence

from dgnet_tf.detection import detectors
from dgnet_tf.drawing import figures
from dgnet_tf.errors import UserError
from dgnet_tf.jobs import flags, run
from dgnet_tf.jobs.inputs import Input
from dgnet_tf.keypoints import layouts
from dgnet_tf.lifting import lifted_clip, pose_files, sources
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.lifting.sources import Source
from dgnet_tf.pages import viewer


@dataclasses.dataclass(frozen=True)
class Settings:
    """How inputs are lifted, all alike.

    Attributes:
        model, engine: see `Lifter.load`.
        layout, image_size, fps: of keypoint files, see `sources.of_keypoints`.
        detector: arguments of `sources.of_video`; None for keypoint files.
        played: whether pages and moving pictures show the video.
        person: see `lift_people`.
        axes, units: of the results, see `pose_files.write`.
        options: further arguments of `lift_track`.
    """

    model: str | None
    engine: str
    layout: str | None
    image_size: tuple[int, int] | None
    fps: float | None
    detector: dict | None
    played: bool
    person: str | None
    axes: str | None
    units: str
    options: dict

    def described(self) -> dict:
        """Returns all but the model, for JSON."""
        known = dataclasses.asdict(self)
        del known["model"]
        return {**known, "options": {n: repr(v) for n, v in self.options.items()}}


@dataclasses.dataclass(frozen=True)
class Results:
    """What became of an input.

    Attributes:
        people: lifted.
        files: written of them.
        seconds: that the lifting took.
    """

    people: list[Lifted]
    files: list
    seconds: float

    @property
    def poses(self) -> int:
        """How many poses were lifted."""
        return sum(len(person.positions) for person in self.people)

    def described(self, source: Source) -> str:
        """Returns a line on a video's frames, and what a frame of it took."""
        times = source.times
        rate = (
            "" if times.is_steady else " on average, at the times that the file states"
        )
        size = "{}x{}".format(*source.image_size)
        return (
            f"{size}, {len(times.seconds)} frames, {times.fps:.4g} a second{rate}. "
            f"Detector: {source.milliseconds:.1f} ms a frame; lifter: "
            f"{1000 * self.seconds / self.poses:.1f} ms a pose."
        )

    def roots(self, given) -> list[str]:
        """Returns lines on floors and the focal length; `given` is what was known."""
        lines = [
            f"Floor of person {person.person}: {person.floor.height:.2f} m below the "
            f"camera, which looks {person.floor.pitch:.1f} degrees down."
            for person in self.people
            if person.floor is not None
        ]
        focal_px = self.people[0].focal_px
        if focal_px is None:
            return lines
        if given is None:
            how = (
                f"an assumed focal length of {focal_px:.0f} px. Distance grows in "
                "proportion to it; give the camera's with --focal_px."
            )
        else:
            how = f"the given focal length of {focal_px:g} px."
        return [*lines, f"Root: fitted with {how}"]


@dataclasses.dataclass(frozen=True)
class Work:
    """What is done with each input of many, see `run.Task`.

    Attributes:
        settings: how it is lifted.
        output: folder of the results.
        suffixes: endings of the results of each.
    """

    settings: Settings
    output: pathlib.Path
    suffixes: tuple[str, ...]

    def __call__(self, one: Input, show: Callable[[str], None]) -> list[pathlib.Path]:
        """Lifts an input; returns the files written."""
        settings = self.settings
        lifter = _lifter(settings.model, settings.engine)
        if settings.detector is not None:
            known = {
                name: settings.detector[name] for name in ("name", "weights", "size")
            }
            _check_detector(lifter.skeleton.name, **known)
            opened = sources.of_video(one.path, **settings.detector)
            shown = {flags.PAGE, *flags.MOVING} & set(self.suffixes)
            played = settings.played and bool(shown)
            source = opened.source(lifter.skeleton.name, played=played)
        else:
            if settings.layout:
                _check_layout(settings.layout, lifter.skeleton.name)
            known = settings.layout, settings.image_size, settings.fps
            source = sources.of_keypoints(one.path, *known, frames=one.video)
        title = one.path.name
        results = lift(source, lifter, self.paths(one), settings, show, title)
        if source.milliseconds is not None:
            show(results.described(source))
        show(f"{results.poses} poses: {', '.join(map(str, results.files))}")
        return results.files

    def paths(self, one: Input) -> list[pathlib.Path]:
        """Returns the files of an input's results, for one person."""
        return [self.output / f"{one.name}{suffix}" for suffix in self.suffixes]


def _same_for_all(function):
    """Lets a function work once in a process, and its errors end all inputs."""

    @functools.cache
    def wrapped(*arguments, **named):
        try:
            return function(*arguments, **named)
        except UserError as error:
            raise run.Fatal(str(error)) from error

    return wrapped


@_same_for_all
def _lifter(model, engine) -> lifting.Lifter:
    return lifting.Lifter.load(model, engine=engine)


@_same_for_all
def _check_layout(layout, skeleton):
    layouts.sources(layout, skeleton)


@_same_for_all
def _check_detector(skeleton, name, weights, size):
    layouts.sources(detectors.load(name, weights, size).layout, skeleton)


def lift(
    source: Source,
    lifter: lifting.Lifter,
    paths: Sequence,
    settings: Settings,
    show: Callable[[str], None],
    title: str,
) -> Results:
    """Lifts the people of an input and writes the results.

    Args:
        source: the people.
        lifter: that lifts them.
        paths: the files to write, whose endings are among `flags.SUFFIXES`.
        settings: how.
        show: takes lines for people.
        title: of pages and pictures.

    Raises:
        UserError: see `lift_people` and `pose_files.write`.
    """
    begun = time.perf_counter()
    people = lifting.lift_people(
        *(lifter, source.path, source.people, source.layout, source.image_size),
        person=settings.person,
        times=source.times,
        show=show,
        fps=source.fps,
        **settings.options,
    )
    seconds = time.perf_counter() - begun

    @functools.cache
    def clip():
        return lifted_clip.make(
            *(lifter, people, title, source.image_size),
            resample=settings.options["resample"],
            times=source.times,
            video=source.played,
        )

    files = []
    for path in paths:
        suffix = pathlib.Path(path).suffix.lower()
        if suffix in pose_files.SUFFIXES:
            files += pose_files.write(people, path, settings.axes, settings.units)
            continue
        (viewer.write if suffix == flags.PAGE else figures.draw)(clip(), path)
        files.append(path)
    return Results(people, files, seconds)
