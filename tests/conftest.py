"""Lets every test say `from factories import make_site`: pytest puts the folder of this file on the path."""
