"""A writer for each format of lifted poses.

Each module here, but for `joint_rotations` and `bone_shapes`, writes one format and has

    SUFFIX: how its files' names end
    AXES: the axes that it always has, see `axes`; None where it takes any
    UNITS: likewise the unit of length
    ONE_PERSON: whether a file holds one person only
    STEADY: whether its frames follow each other at one rate
    write(people, path, axes, units): writes `Lifted` people to a path

`pose_files.WRITERS` lists the modules, checks what they take, and lets files appear
whole.
"""
