"""Fuzzing: damaged input of every kind is read right or refused in one clear line.

`targets` lists the kinds: each has a whole file, what reads it, and how it may be
damaged in ways that know its structure. `test_fuzzing` tries some damages of each
among the quick tests; `python -m fuzzing`, with `PYTHONPATH=tests`, tries many, each
target in a process of its own with bounds of time and memory. BUILD.md shows how.
"""
