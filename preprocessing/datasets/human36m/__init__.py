"""Human3.6M, in each form in which people have it."""
