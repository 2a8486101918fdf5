"""What equipment is: one file per kind of equipment, all of one shape. Pure: no I/O, no clock, no randomness of its own."""
