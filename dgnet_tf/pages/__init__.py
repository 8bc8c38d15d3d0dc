"""HTML pages that play clips and show reports."""
