"""Human3.6M, in every form that people have it in."""
