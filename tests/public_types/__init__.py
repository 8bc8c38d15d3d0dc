"""Types of the public names: there, and accepted by a type checker."""
