"""MPI-INF-3DHP, in every form that people have it in."""
