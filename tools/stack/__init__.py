"""What stands behind bin/up, bin/test and bin/install-app: a bench, its servers and its sites.

Only the standard library is used, so that the commands run on a machine that has nothing but Python 3.10.
"""
