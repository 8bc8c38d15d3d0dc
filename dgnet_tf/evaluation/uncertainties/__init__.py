"""How sure a network is: calibration, and how true it proves."""
