"""A reader for each format that keypoint detectors write.

Each module here, but for `json_fields`, reads one format and has

    FORMAT: what its files are, in one line, for help, messages and documentation
    SUFFIXES: how their names end
    fits(content) -> bool: whether a file with such a name is of this format
    read(path, content, layout, image_size, fps) -> sightings.Sightings

`content` is what a `.json` file holds (a long list as a `json_lists.JsonList`), or the
names of an `.npz` file's arrays; of other files it is None. `layout` names the order of
the joints, `image_size` is the video's width and height in pixels, and `fps` its frames
per second; either may be None. `read` raises `UserError` if the file is
not as the module describes it. `keypoint_files.READERS` lists the modules.

`yolo_labels`, whose files mean something only together, has `read_frames` instead, of
all files of a folder.
"""
