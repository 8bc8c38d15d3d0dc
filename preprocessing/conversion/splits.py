"""Assigns each person to one split: train, validation or test."""

from __future__ import annotations

from collections.abc import Iterable

from dgnet_tf.errors import UserError


def assign(
    subjects: Iterable[str],
    own_test: Iterable[str] = (),
    own_validation: Iterable[str] = (),
    test: Iterable[str] | None = None,
    validation: Iterable[str] | None = None,
) -> dict[str, str]:
    """Returns the split of each subject.

    Args:
        subjects: all people of the data set.
        own_test, own_validation: the data set's own splits.
        test, validation: `--test_subjects` and `--validation_subjects`, which
            override them; None where not given, empty for no such split. A person
            whom a flag names leaves the data set's own split of the other kind.

    Where nothing names a validation subject it is the last training subject in
    sorted order, unless that is the only one.

    Raises:
        UserError: if a flag names somebody unknown, or if both name the same person.
    """
    subjects = sorted(set(subjects))
    for flag, named in (("test", test), ("validation", validation)):
        unknown = sorted(set(named or ()) - set(subjects))
        if unknown:
            raise UserError(
                f"--{flag}_subjects: no subject {unknown[0]!r} in this data set; it "
                f"has {', '.join(subjects)}."
            )
    both = sorted(set(test or ()) & set(validation or ()))
    if both:
        raise UserError(
            f"--test_subjects and --validation_subjects both name {both[0]!r}; a "
            "person can be in one split only."
        )
    in_test = set(own_test) - set(validation or ()) if test is None else set(test)
    if validation is None:
        in_validation = set(own_validation) - in_test
        training = [s for s in subjects if s not in in_test | in_validation]
        if not in_validation and len(training) > 1:
            in_validation = {training[-1]}
    else:
        in_validation = set(validation)
    split = {s: "train" for s in subjects}
    split.update({s: "test" for s in in_test})
    split.update({s: "validation" for s in in_validation})
    return split
