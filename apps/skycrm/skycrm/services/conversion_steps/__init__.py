"""The steps of a conversion, each a function of one Run. services/conversion.py says in which order they run."""
