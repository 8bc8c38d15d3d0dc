"""The blocks of a page: commands and Python, run one after another as a reader would.

A block behind `<!-- not run: reason -->` is left out. A command runs in this process.
"""

import dataclasses
import importlib
import pathlib
import re
import shlex

from support.lifting.lifting_stand_ins import run_command

ROOT = pathlib.Path(__file__).parents[3]
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>.*?) -->\n)?"
    r"^```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block; its reason says why it is not run, None where it is."""

    language: str
    code: str
    reason: str | None

    def lines(self) -> list[str]:
        """Returns its commands, each on one line, without comments."""
        joined = self.code.replace("\\\n", " ").splitlines()
        return [line.partition(" #")[0].strip() for line in joined if line.strip()]


def of(page) -> list[Block]:
    """Returns the blocks of a page, by its path in the repository."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(found := list(_BLOCK.finditer(text)))
    return [Block(m["language"], m["code"], m["reason"]) for m in found]


def run(blocks, names: dict):
    """Runs blocks in the current folder, Python with these names and what it adds."""
    for block in blocks:
        if block.reason is not None:
            continue
        if block.language == "python":
            exec(block.code, names)
        else:
            for line in block.lines():
                command(line)


def command(line: str):
    """Runs `python -m MODULE ...`, of whatever Python; `make TARGET` must be there."""
    first, *rest = shlex.split(line)
    if first == "make":  # The tests are one of these, and CI runs them all.
        assert re.search(rf"^{rest[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    assert first.rpartition("/")[2] == "python" and rest[0] == "-m", line
    run_command(importlib.import_module(rest[1]), *rest[2:])
