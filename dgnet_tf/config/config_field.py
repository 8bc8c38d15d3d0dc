"""What is known of a configuration field, said once where the field is declared."""

from __future__ import annotations

import dataclasses

from dgnet_tf.errors import shortened

DGNETS = ("dgnet", "baseline")
PEERS = ("martinez", "semgcn", "tcn", "stgcn")
ARCHITECTURES = (*DGNETS, *PEERS)
# Of a configuration.
PARTS = ("network", "data", "augmentation", "optimizer", "execution", "inference")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ConfigField:
    """A field of the configuration.

    Attributes:
        name: of the field and of its flag.
        default: value of the paper preset; its type is the field's.
        meaning: sentences that `--help` prints.
        part: of the configuration, one of `PARTS`.
        least, above, most: smallest value, what all exceed, largest; None for none.
        longest: characters of a text; None for any number.
        choices: the values, where they can be counted.
        architectures: networks on which the field has an effect.
        suggested: trained weights bring the field's value to a training that starts
            from them and does not ask for another; all fields of inference are so.
        from_data: filled from the data set, and no flag.
    """

    name: str = ""
    default: object
    meaning: str
    part: str
    least: float | None = None
    above: float | None = None
    most: float | None = None
    longest: int | None = None
    choices: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ARCHITECTURES
    suggested: bool = False
    from_data: bool = False

    @property
    def kind(self) -> type:
        """The type of its values."""
        return type(self.default)

    @property
    def allowed(self) -> str:
        """What its values must be, as in "from 0 to 0.5"; "" without such a rule."""
        if self.choices:
            return f"one of {list(self.choices)}"
        if self.longest is not None:
            return f"up to {self.longest} characters long"
        if self.above is not None:
            most = "" if self.most is None else f", at most {_number(self.most)}"
            return f"above {_number(self.above)}{most}"
        if self.most is not None:
            return f"from {_number(self.least)} to {_number(self.most)}"
        return "" if self.least is None else f"at least {_number(self.least)}"

    def admits(self, value) -> bool:
        """Whether a value is one of the choices or in the range."""
        try:
            return (
                (not self.choices or value in self.choices)
                and (self.above is None or value > self.above)
                and (self.least is None or value >= self.least)
                and (self.most is None or value <= self.most)
                and (self.longest is None or len(value) <= self.longest)
            )
        except TypeError:  # Of a type that has no order, or no length.
            return False

    def check(self, value):
        """Raises ValueError out of range, and for a fraction for a whole number."""
        rule = {int: "a whole number", bool: "true or false"}.get(self.kind)
        if not self.admits(value):
            rule = self.allowed
        elif rule is None or type(value) is self.kind:
            return
        raise ValueError(f"`{self.name}` must be {rule}, got {shortened(value)}.")


def field(default, meaning: str, **known):
    """Declares a field of a dataclass with what is known of it, see `ConfigField`."""
    found = ConfigField(default=default, meaning=meaning, **known)
    return dataclasses.field(default=default, metadata={"known": found})


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
