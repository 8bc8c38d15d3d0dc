"""Runs an exported model by TensorFlow's C API, without TensorFlow's Python.

    python c_api_session.py FOLDER CALLS.json INPUTS.npz OUTPUTS.npz

The loader is the one of TensorFlow's C++ servers: graph and weights of the tag "serve"
into a session. CALLS.json holds {name: [signature, {input: array of INPUTS}]}; tensors'
names are read from the meta graph that the loader gives. OUTPUTS gets `NAME/OUTPUT`,
or `NAME/error` where a call fails.
"""

import ctypes
import importlib.util
import json
import pathlib
import sys

import numpy as np

DTYPES = {1: np.float32, 10: np.bool_}  # TF_FLOAT, TF_BOOL


class Buffer(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("length", ctypes.c_size_t),
        ("deallocator", ctypes.c_void_p),
    ]


class Output(ctypes.Structure):
    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


def library():
    """The installed library that has the loader: it has been in several."""
    folder = pathlib.Path(importlib.util.find_spec("tensorflow").origin).parent
    named = [*folder.glob("libtensorflow_framework.so*")]
    named += [*folder.glob("libtensorflow_cc.so*"), *folder.rglob("_pywrap_tens*.so")]
    for path in named:
        try:
            loaded = ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        if hasattr(loaded, "TF_LoadSessionFromSavedModel"):
            return loaded
    raise SystemExit(f"no library of {folder} has TF_LoadSessionFromSavedModel")


def declare(tf):
    pointer, integer, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for name, result in {
        "TF_NewStatus": pointer, "TF_GetCode": integer, "TF_Message": text,
        "TF_NewGraph": pointer, "TF_NewSessionOptions": pointer,
        "TF_NewBuffer": ctypes.POINTER(Buffer), "TF_GraphOperationByName": pointer,
        "TF_LoadSessionFromSavedModel": pointer, "TF_AllocateTensor": pointer,
        "TF_TensorData": pointer, "TF_TensorByteSize": ctypes.c_size_t,
        "TF_NumDims": integer, "TF_Dim": ctypes.c_int64, "TF_TensorType": integer,
    }.items():  # fmt: skip
        getattr(tf, name).restype = result


def fields(message):
    """Yields the fields of a protocol buffer: number, and bytes or an integer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = varint() if key & 7 == 2 else {1: 8, 5: 4}[key & 7]
            yield key >> 3, message[at : at + size]
            at += size


def signatures(meta_graph):
    """Returns {signature: ({input: tensor}, {output: tensor})} of a MetaGraphDef."""
    found = {}
    for number, entry in fields(meta_graph):
        if number == 5:  # signature_def: a map
            name, definition = (value for _, value in fields(entry))
            tensors = ({}, {})
            for side, item in fields(definition):
                if side in (1, 2):  # inputs, outputs: maps to TensorInfo
                    key, info = (value for _, value in fields(item))
                    tensor = next(value for n, value in fields(info) if n == 1)
                    tensors[side - 1][key.decode()] = tensor.decode()
            found[name.decode()] = tensors
    return found


class Session:
    def __init__(self, folder):
        self.tf = library()
        declare(self.tf)
        self.status = ctypes.c_void_p(self.tf.TF_NewStatus())
        self.graph = ctypes.c_void_p(self.tf.TF_NewGraph())
        meta = self.tf.TF_NewBuffer()
        self.session = ctypes.c_void_p(
            self.tf.TF_LoadSessionFromSavedModel(
                ctypes.c_void_p(self.tf.TF_NewSessionOptions()),
                None,
                str(folder).encode(),
                (ctypes.c_char_p * 1)(b"serve"),
                1,
                self.graph,
                meta,
                self.status,
            )
        )
        self.check()
        self.signatures = signatures(
            ctypes.string_at(meta.contents.data, meta.contents.length)
        )

    def check(self):
        if self.tf.TF_GetCode(self.status):
            raise RuntimeError(self.tf.TF_Message(self.status).decode())

    def outputs_of(self, names):
        array = (Output * len(names))()
        for place, name in zip(array, names, strict=True):
            operation, index = name.split(":")
            place.operation = self.tf.TF_GraphOperationByName(
                self.graph, operation.encode()
            )
            place.index = int(index)
            assert place.operation, name
        return array

    def tensor(self, array):
        array = np.ascontiguousarray(array, np.float32)
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        tensor = self.tf.TF_AllocateTensor(
            1, shape, array.ndim, ctypes.c_size_t(array.nbytes)
        )
        data = self.tf.TF_TensorData(ctypes.c_void_p(tensor))
        ctypes.memmove(data, array.ctypes.data, array.nbytes)
        return tensor

    def array(self, tensor):
        tensor = ctypes.c_void_p(tensor)
        shape = [self.tf.TF_Dim(tensor, i) for i in range(self.tf.TF_NumDims(tensor))]
        data = ctypes.string_at(
            self.tf.TF_TensorData(tensor), self.tf.TF_TensorByteSize(tensor)
        )
        dtype = DTYPES[self.tf.TF_TensorType(tensor)]
        return np.frombuffer(data, dtype).reshape(shape)

    def run(self, signature, inputs):
        names_in, names_out = self.signatures[signature]
        assert set(inputs) == set(names_in), (inputs.keys(), names_in)
        feeds = self.outputs_of([names_in[name] for name in inputs])
        values = (ctypes.c_void_p * len(inputs))(*map(self.tensor, inputs.values()))
        fetches = self.outputs_of(list(names_out.values()))
        results = (ctypes.c_void_p * len(names_out))()
        self.tf.TF_SessionRun(
            self.session, None, feeds, values, len(inputs), fetches, results,
            len(names_out), None, 0, None, self.status,
        )  # fmt: skip
        self.check()
        return {n: self.array(r) for n, r in zip(names_out, results, strict=True)}


def main(folder, calls, inputs, outputs):
    session = Session(folder)
    results = {}
    with np.load(inputs) as arrays:
        calls = json.loads(pathlib.Path(calls).read_text())
        for call, (signature, names) in calls.items():
            given = {key: arrays[name] for key, name in names.items()}
            try:
                for key, value in session.run(signature, given).items():
                    results[f"{call}/{key}"] = value
            except RuntimeError as error:
                results[f"{call}/error"] = np.array(str(error))
    np.savez(outputs, **results)
    # Nothing of TensorFlow's Python, nor of ours.
    for name in sys.modules:
        assert name.split(".")[0] not in ("tensorflow", "keras", "dgnet_tf"), name


if __name__ == "__main__":
    main(*sys.argv[1:])
