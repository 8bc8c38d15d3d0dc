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
    )
    for target in module.targets()
}
