"""Headings of our docstrings in the terms of mkdocstrings, which has fewer of them."""

import griffe

_HEADINGS = {
    "\nExample:\n": "\nExamples: Example\n",
    "\nCall arguments:\n": "\nOther Parameters: Call arguments\n",
}


class Headings(griffe.Extension):
    """Lets a class's example and call arguments be shown as what they are."""

    def on_object(self, *, obj, **kwargs):
        """Changes the headings of an object's docstring."""
        if obj.docstring:
            for ours, theirs in _HEADINGS.items():
                obj.docstring.value = obj.docstring.value.replace(ours, theirs)
