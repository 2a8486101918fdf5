"""Doubt about data before doubt about equipment: the rules DQ-02 … DQ-13 of the domain reference, a file for each family."""
