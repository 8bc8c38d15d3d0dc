"""Lifts videos, or files of 2-D keypoints, to 3-D poses.

    python -m dgnet_tf.lift --video=FILE --output=poses.npz|.json|.csv|.bvh|.glb|.trc
        [--view=FILE.html] [--start=S] [--end=S] [--detector=blazepose|rtmlib]
        [--detector_weights=PATH] [--detector_size=heavy|full|lite]
        [--save_keypoints=FILE.npz] [any flag below from --resample on]
    python -m dgnet_tf.lift [--model=DIR|DIR/1|RUN|NAME|FILE.tflite|FILE.onnx]
        [--engine=auto|litert|onnx|openvino|tensorflow] --keypoints=FILE --layout=L
        --image_size=WxH [--fps=F] [--resample=true] [--person=ID|all]
        [--smooth=none|savgol|one_euro] [--root=none|fit] [--focal_px=PX]
        [--camera_height=M] [--camera_pitch=DEGREES]
        [--calibration=Calib.toml|FILE.json] [--camera=NAME]
        --output=poses.npz|.json|.csv|.bvh|.glb|.trc [--axes=camera|y_up|z_up]
        [--units=m|cm|mm] [--view=FILE.html] [--picture=FILE.png|.gif|.mp4]
    python -m dgnet_tf.lift --video|--keypoints=FOLDER|PATTERN|@LIST ...
        --output=FOLDER/ [--format=npz,html] [--workers=N] [--shard=I/N]

FILE holds 2-D keypoints in pixels, in one of the formats listed below, or is a folder
with a file for each frame; confidence 0 marks a missing joint, and so does a place
at exactly 0,0 or -1,-1.
A video is read with PyAV (pip install 'dgnet-tf[video]'): its size, rotation flag and
time stamps come from the file.
`poses.npz` holds `positions` (frames, N, 3) in metres, the root at 0, camera axes
(x right, y down, z forward), and `first_frame`, its number in the file, with `fps`,
`joints`, `layout`, `axes` and `units`, and where the model was calibrated for it
`uncertainty_mm` (frames, N), how far off each joint is expected to be; `guessed` names
the joints that no frame shows, where there are such; of several people, `positions/ID`
and so on of each; of a video also `times`, in seconds; with a floor found by
--root=fit also `floor_up`, `camera_height` and `camera_pitch`. The other formats hold
the same; a .bvh or .trc holds one person, and of several each has a file of their own,
poses-ID.bvh.

Where --output is a folder (it is there, ends with a slash, or has no ending), --video
or --keypoints may name many inputs: a folder stands for the files and the folders of
frames in it, a quoted pattern such as 'clips/*/kp.json' for what matches, and @LIST for
the paths in the lines of a text file. FOLDER gets the results of each under its name,
in each --format. Given again, the command does what is not done or has changed.
"""

from __future__ import annotations

import pathlib

import numpy as np
from absl import flags

from dgnet_tf import axes as placement
from dgnet_tf import command_line
from dgnet_tf.detection import detectors
from dgnet_tf.drawing import video_file
from dgnet_tf.errors import UserError
from dgnet_tf.jobs import flags as job_flags
from dgnet_tf.lifting import flags as lift_flags
from dgnet_tf.lifting import pose_files, smoothing
from dgnet_tf.models import weight_folders

FLAGS = flags.FlagValues()
lift_flags.define_keypoint_file(FLAGS, required=False)
lift_flags.define_video(FLAGS)
flags.DEFINE_float(
    "fps", None, "Frames a second of the file; by default what it states, or the "
    "model's.", 0.1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_boolean(
    "resample", True, "Lift at the model's frame rate and give back the file's frames.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "person", None, "Person to lift: an id of the file, a number from 1 on where it "
    "has none, or all; default: of those who can be lifted, the person with the most "
    "confidence in all.", FLAGS,
)  # fmt: skip
flags.DEFINE_enum(
    "smooth", "none", smoothing.NAMES, "Smooth positions in time: savgol looks ahead, "
    "one_euro does not.", FLAGS,
)  # fmt: skip
_FILTERS = {
    "savgol": {
        "savgol_seconds": ("seconds", "Length of the window, in seconds"),
        "savgol_order": ("order", "Degree of the polynomial"),
    },
    "one_euro": {
        "min_cutoff": ("min_cutoff", "Cutoff frequency for a joint at rest, Hz"),
        "beta": ("beta", "Rise of the cutoff frequency with speed, Hz per m/s"),
        "speed_cutoff": ("speed_cutoff", "Cutoff frequency of the speed estimate, Hz"),
    },
}
for _filter, _parameters in _FILTERS.items():
    for _flag, (_field, _text) in _parameters.items():
        _default = getattr(smoothing.named(_filter), _field)
        _define = flags.DEFINE_integer if _field == "order" else flags.DEFINE_float
        _text = f"{_text}, of --smooth={_filter}; by default {_default:g}."
        _define(_flag, None, _text, 0, flag_values=FLAGS)
lift_flags.define_root(FLAGS)
flags.DEFINE_string(
    "output", None, f"File to write: {', '.join(pose_files.SUFFIXES)}; or a folder, "
    "for many inputs.", FLAGS, required=True,
)  # fmt: skip
flags.DEFINE_enum(
    "axes", None, placement.AXES, "Axes of the output: the camera's (y down), or y or "
    "z up with the feet on the floor; by default the camera's. A .bvh, .glb or .trc is "
    "always y_up.", FLAGS,
)  # fmt: skip
flags.DEFINE_enum(
    "units", "m", list(placement.UNITS), "Unit of length in the output; a .glb is "
    "always in metres.", FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "view", None, "Also write an .html page that plays the poses in a browser; of a "
    "run with its affinities.", FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "picture",
    None,
    "Also draw the poses: .png strip, .gif or .mp4, the last two over the video.",
    FLAGS,
)
job_flags.define(FLAGS)
_SUFFIXES = {
    "output": pose_files.SUFFIXES,
    "view": (job_flags.PAGE,),
    "picture": job_flags.PICTURES,
}


def main(values):
    """Lifts what the flags name."""
    many, suffixes, size, options = _asked(values)
    detector = None
    if not values.keypoints:
        detector = {"start": values.start, "end": values.end}
        detector |= {"name": values.detector or detectors.NAMES[0]}
        detector |= {"weights": values.detector_weights, "size": values.detector_size}

    from dgnet_tf.jobs import lift_input

    played = values.show_video and (many or bool(values.view) or _moves(values.picture))
    settings = lift_input.Settings(
        *(values.model, values.engine, values.layout, size, values.fps, detector),
        *(played, values.person, values.axes, values.units, options),
    )
    if many:
        _lift_many(values, settings, suffixes)
    else:
        _lift_one(values, settings)


def _lift_one(values, settings):
    from dgnet_tf.jobs import lift_input
    from dgnet_tf.lifting import lifter as lifting
    from dgnet_tf.lifting import sources

    def load():
        lifter = lifting.Lifter.load(values.model, engine=values.engine)
        _print_model(values)
        return lifter

    if values.keypoints:
        # Before the model, which may take seconds to load.
        known = values.layout, settings.image_size, values.fps
        source = sources.of_keypoints(values.keypoints, *known)
        if values.video and settings.played:
            source = sources.with_video(source, values.video)
        lifter = load()
    else:
        opened = sources.of_video(values.video, **settings.detector)
        lifter = load()  # Before the video, which may take minutes.
        source = opened.source(lifter.skeleton.name, played=settings.played)
        if values.save_keypoints:
            source.save(values.save_keypoints)
            print(f"Keypoints: {values.save_keypoints}")
    paths = [path for path in (values.output, values.view, values.picture) if path]
    title = pathlib.Path(values.video or values.keypoints).name
    results = lift_input.lift(source, lifter, paths, settings, print, title)
    if values.fps is None and source.times is None:
        whose = "the model's" if source.fps is None else "the file's"
        print(f"--fps not given: taken as {whose} {source.fps or lifter.fps:g}.")
    for line in results.roots(values.focal_px or values.calibration):
        print(line)
    _print_uncertainty(results.people, lifter)
    if source.milliseconds is not None:
        print(f"{values.video}: {results.described(source)}")
    drawn = {"View": values.view, "Picture": values.picture}
    files = [str(path) for path in results.files if path not in drawn.values()]
    print(f"{results.poses} poses: {', '.join(files)}")
    axes = values.axes or pose_files.default_axes(values.output)
    print(f"Axes: {axes}, lengths in {values.units}.")
    for name, path in drawn.items():
        if path:
            print(f"{name}: {path}")


def _lift_many(values, settings, suffixes):
    from dgnet_tf.jobs import inputs, lift_input, records, run

    output = pathlib.Path(values.output)
    work = lift_input.Work(settings, output, suffixes)
    if values.keypoints:
        named = inputs.keypoints(values.keypoints, output)
    else:
        named = inputs.videos(values.video, output)
    chosen = job_flags.chosen(values, named, work.paths)
    digest = records.of_settings(settings.described(), values.model)
    _print_model(values)
    tasks = [run.Task(one, work, output, digest, suffixes) for one in chosen]
    run.run(tasks, values.workers or 1, print)


def _print_model(values):
    if values.model is None:
        print(f"--model not given: the weights {weight_folders.DEFAULT} lift.")


def _moves(picture) -> bool:
    return pathlib.Path(picture or "").suffix.lower() in job_flags.MOVING


def _asked(values) -> tuple:
    """Returns what needs no model and no input, after checks.

    Whether inputs are many, the endings of their results, the image size, and
    `lift_people`'s options.
    """
    lift_flags.check_video(values)
    many = job_flags.is_folder(values.output)
    suffixes = job_flags.suffixes(values) if many else _check_files(values)
    options = _options(values, suffixes)
    size = values.image_size and command_line.parse_image_size(values.image_size)
    return many, suffixes, size, options


def _check_files(values) -> list[str]:
    """Returns the ending of `--output`, after a check of all files to write."""
    job_flags.check_one(values)
    for name, suffixes in _SUFFIXES.items():
        path = values[name].value
        if path and pathlib.Path(path).suffix.lower() not in suffixes:
            known = " or ".join(suffixes)
            or_folder = ", or name a folder (FOLDER/)" if name == "output" else ""
            raise UserError(f"--{name} must end in {known}{or_folder}, got {path!r}.")
    if pathlib.Path(values.picture or "").suffix.lower() == ".mp4":
        video_file.program()  # Before anything is written.
    return [pathlib.Path(values.output).suffix]


def _options(values, suffixes) -> dict:
    """Returns `lift_people`'s options, after checks that need no model."""
    for suffix in suffixes:
        if suffix.lower() not in pose_files.SUFFIXES:
            continue
        try:
            pose_files.check(f"poses{suffix}", values.axes, values.units)
        except ValueError as error:
            raise UserError(f"--output={values.output}: {error}") from error
    taken = {"resample": values.resample, **lift_flags.root_options(values)}
    return {**taken, "smooth": _smooth(values)}


def _smooth(values):
    chosen = {}
    for name, parameters in _FILTERS.items():
        for flag, (field, _) in parameters.items():
            if values[flag].value is None:
                continue
            if values.smooth != name:
                raise UserError(
                    f"--{flag} is for --smooth={name}; give both or neither."
                )
            chosen[field] = values[flag].value
    default = smoothing.named(values.smooth)
    try:
        return default and type(default)(**chosen)
    except ValueError as error:
        raise UserError(f"--smooth={values.smooth}: {error}") from error


def _print_uncertainty(lifted, lifter):
    if lifter.uncertainty is None:
        print("No uncertainty: what lifts was not calibrated for it.")
        return
    root = lifter.skeleton.root
    for person in lifted:
        mm = np.delete(person.uncertainty_mm, root, axis=1)
        print(f"Expected error of person {person.person}: {mm.mean():.0f} mm a joint.")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
