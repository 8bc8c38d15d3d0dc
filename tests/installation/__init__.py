"""The package as others install it: built, installed into empty environments, used."""
