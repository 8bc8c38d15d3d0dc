"""All targets by name."""

from fuzzing.target import Target
from fuzzing.targets import (
    archives,
    command_flags,
    datasets,
    documents,
    keypoints,
    records,
    reports,
    studies,
    videos,
    weights,
)

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (
        keypoints,
        datasets,
        archives,
        documents,
        reports,
        studies,
        command_flags,
        records,
        weights,
        videos,
    )
    for target in module.targets()
}
