"""Videos that tests draw themselves."""
