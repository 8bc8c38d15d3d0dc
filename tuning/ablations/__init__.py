"""The paper's ablation tables, Tables V to IX."""
