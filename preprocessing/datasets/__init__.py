"""The data sets that can be converted, each a module or a package.

The module of a data set has `read(...)`, which lists its recordings as a
`sequences.Dataset`, and `DEFINITION`, a `definition.Definition` of the reader's flags,
instructions and licence; `registry` lists the modules. Its `load(...)` reads a single
recording and returns its camera views: `read` binds the arguments and hands it on as
`Recording.load`.
"""
