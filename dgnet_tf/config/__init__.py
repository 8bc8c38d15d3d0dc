"""The training configuration: its fields, their flags, the sizes of each network."""
