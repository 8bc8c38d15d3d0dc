"""The paper's tables and figures, made from our runs."""
