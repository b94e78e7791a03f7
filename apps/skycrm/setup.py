# Old tools look for this file; everything it could say is in pyproject.toml.
from setuptools import setup

setup()
