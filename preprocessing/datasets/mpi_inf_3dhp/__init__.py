"""MPI-INF-3DHP, in each form in which people have it."""
