"""Ablations and searches with keras-tuner: tables, runner, search, report.

`python -m tuning.run_ablations` reruns the paper's Tables V to IX, `python -m
tuning.search` looks beyond them, `python -m tuning.report` reports both.
"""
