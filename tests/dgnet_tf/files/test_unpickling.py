"""Pickles that attack: each is refused by name, and nothing of it runs."""

import contextlib
import pickle
import re

import numpy as np
import pytest
from support.datasets import community_files

from dgnet_tf.errors import UserError
from dgnet_tf.files import unpickling

# A fragment is a pickle without its first and last opcodes.


def fragment(value) -> bytes:
    return pickle.dumps(value, 2)[2:-1]


def call(name, *arguments) -> bytes:
    """Returns the fragment that calls a function by name; bytes are fragments."""
    module, function = name.rsplit(".", 1)
    inner = [a if type(a) is bytes else fragment(a) for a in arguments]
    return f"c{module}\n{function}\n(".encode() + b"".join(inner) + b"tR"


def alone(attack: bytes) -> bytes:
    return b"\x80\x02" + attack + b"."


def nested(attack: bytes) -> bytes:
    """An object array in a dict in an object array in a list in a dict."""
    deep = np.array([None, {"x": community_files.boxed({"deep": "EVIL"})}], object)
    content = pickle.dumps(community_files.boxed({"S1": [np.zeros(3), deep]}), 2)
    assert content.count(fragment("EVIL")[:9]) == 1
    return content.replace(fragment("EVIL")[:9], attack)


def live_attacks(marker) -> dict[str, bytes]:
    """Returns, by the name that they call, fragments that make a file if loaded."""
    touch = f"open({str(marker)!r}, 'w').close()"
    command = f"echo > {marker}"
    system = call("builtins.getattr", call("builtins.__import__", "os"), "system")
    chain = system + b"(" + fragment(command) + b"tR"
    getter = call("operator.attrgetter", "system")
    return {
        "posix.system": call("posix.system", command),
        "builtins.eval": call("builtins.eval", touch),
        "builtins.exec": call("builtins.exec", touch),
        # Arguments stand before the call: the innermost name is refused first.
        "builtins.getattr": chain,
        "operator.attrgetter": getter + b"(cos\nsys\nt0" + call("os.system", command),
        "numpy.testing._private.utils.runstring": call(
            "numpy.testing._private.utils.runstring", touch, {}
        ),
        "pickle.loads": call("pickle.loads", pickle_of(call("builtins.eval", touch))),
        "copyreg.__newobj__": call("copyreg.__newobj__", call("builtins.exec", touch)),
        "functools.partial": call("functools.partial", call("builtins.eval", touch)),
    }


def pickle_of(attack: bytes) -> bytes:
    return pickle.dumps(alone(attack), 3)[2:-1]


@pytest.mark.parametrize("name", sorted(live_attacks("x")))
@pytest.mark.parametrize("wrap", [alone, nested])
def test_code_is_refused_by_name_and_does_not_run(tmp_path, name, wrap):
    marker = tmp_path / "ran"
    content = wrap(live_attacks(marker)[name])
    with pytest.raises(
        UserError, match=re.escape(f"entry 'x' holds the name '{name}'")
    ):
        community_files.read_pickle(tmp_path, content)
    assert not marker.exists()
    # The attack is one: pickle itself runs it, whatever it makes of the result.
    with contextlib.suppress(Exception):
        pickle.loads(content)
    assert marker.exists()


ADMITTED = "cnumpy\ndtype\n"
REFUSED = {
    "the name 'numpy.load'": call("numpy.load", "x.npy"),
    "the name 'numpy.fromfile'": call("numpy.fromfile", "/dev/zero"),
    "the name 'numpy.core.multiarray.fromfile'": call(
        "numpy.core.multiarray.fromfile", "/dev/zero"
    ),
    "the name 'numpy.f2py.compile'": call("numpy.f2py.compile", "x"),
    "the name 'numpy.dtype.__class__'": call("numpy.dtype.__class__", "x"),
    "the name 'subprocess.Popen'": call("subprocess.Popen", "true"),
    "the name 'copy_reg._reconstructor'": call("copy_reg._reconstructor", "x"),
    "the name 'collections.OrderedDict'": call("collections.OrderedDict"),
    "a call of numpy.ndarray": call("numpy.ndarray", (10**12,)),
    "a call of a str": fragment("posix system") + b")R",
    "a call of _codecs.encode": call("_codecs.encode", "x", "rot13"),
    "the pickle opcode EXT1": b"\x82\x07",
    "the pickle opcode EXT4": b"\x84\x07\x00\x00\x00",
    "the pickle opcode PERSID": b"Pposix.system\n",
    "the pickle opcode BINPERSID": fragment("x") + b"Q",
    "the pickle opcode INST": b"(" + fragment("true") + b"iposix\nsystem\n",
    "the pickle opcode NEWOBJ": b"cnumpy\nndarray\n)\x81",
    "the pickle opcode NEWOBJ_EX": b"cnumpy\nndarray\n)}\x92",
    "the pickle opcode OBJ": b"(cnumpy\nndarray\no",
    "a change of something that is no Made": b"cnumpy\ndtype\n}"
    + fragment("__defaults__")
    + b"K\x01sb",
    "a change of something that is no list": fragment(()) + b"K\x01a",
    "a change of something that is no dict": b"]K\x01K\x02s",
    "a dict with a key of type tuple": b"}" + fragment((1,)) + b"K\x01s",
    "a function where a value": b"cnumpy.core.multiarray\n_reconstruct\n",
    "a Float32DType where a value": call("numpy.dtype", "f4"),
    "an array of a dtype": call("numpy.dtype", "V8"),
    "containers more than 16 deep": b"]" + b"]" * 20 + b"a" * 20,
    "containers more than": b"]q\x00h\x00a",  # A list that holds itself.
}


@pytest.mark.parametrize("reason", sorted(REFUSED))
def test_whatever_else_a_pickle_can_hold_is_refused(tmp_path, reason):
    with pytest.raises(UserError, match="nothing was run") as caught:
        community_files.read_pickle(tmp_path, alone(REFUSED[reason]))
    assert f"holds {reason}" in str(caught.value)


def dtype_with(state) -> bytes:
    return call("numpy.dtype", "f8", 0, 1) + fragment(state) + b"b"


def array_of(dtype: bytes, shape, data) -> bytes:
    empty = call("numpy.core.multiarray._reconstruct", b"cnumpy\nndarray\n", (0,), "b")
    state = b"(K\x01" + fragment(shape) + dtype + b"\x89" + fragment(data) + b"t"
    return empty + state + b"b"


OBJECT = call("numpy.dtype", "O8", 0, 1)
FLOAT = call("numpy.dtype", "f8", 0, 1)


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        # Bytes that would become pointers.
        (array_of(OBJECT, (1,), "A" * 8), "without its elements"),
        (
            array_of(dtype_with((3, "<", None, ("a",), {"a": 1}, 8, 1, 0)), (1,), "A"),
            "holds a structured dtype",
        ),
        (
            array_of(dtype_with((3, "<", (1, 2), None, None, 8, 1, 0)), (1,), "A"),
            "holds a structured dtype",
        ),
        (
            call("numpy.core.multiarray.scalar", OBJECT, "A" * 8),
            "holds an array of a dtype other than",
        ),
        (call("numpy.core.multiarray.scalar", "O", "A"), "a dtype other than"),
        # Shapes that claim more than there is.
        (array_of(FLOAT, (10**6, 10**6), "A" * 8), "8 bytes for an array of shape"),
        (array_of(FLOAT, (2**40, 2**40), ""), "0 bytes for an array of shape"),
        (array_of(FLOAT, (-1,), "A" * 8), "shape is not whole numbers"),
        (array_of(FLOAT, (1.0,), "A" * 8), "shape is not whole numbers"),
        (array_of(OBJECT, (10**9,), [None]), "without its elements"),
        (array_of(call("numpy.dtype", "U1"), (1,), "\xff" * 4), "beyond Unicode"),
        (array_of(FLOAT, (1,), "A" * 8) + fragment(()) + b"b", "after it was made"),
        # Opcodes that claim more than there is.
        (b"B\xff\xff\xff\x7fabc", "is damaged"),
        (b"\x8e" + b"\xff" * 7 + b"\x00abc", "is damaged"),
        (b"]r\xff\xff\xff\xff0", "pickle opcode POP"),
        (b"h\x05", "is damaged"),
        (b"t", "lacks its mark"),
        (b"R", "lacks its arguments"),
    ],
)
def test_forged_arrays_and_sizes_are_refused(tmp_path, attack, reason):
    with pytest.raises(UserError) as caught:
        community_files.read_pickle(tmp_path, alone(attack))
    assert reason in str(caught.value)


def test_a_memo_index_claims_no_memory(tmp_path):
    assert community_files.read_pickle(
        tmp_path, alone(b"]r\xff\xff\xff\xffK\x01a")
    ) == [1]


def test_more_opcodes_than_any_file_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpickling, "MAX_OPCODES", 1000)
    attack = alone(b"](" + b"N" * 1000 + b"e")
    with pytest.raises(UserError, match="holds more than 1000 pickle opcodes"):
        community_files.read_pickle(tmp_path, attack)
