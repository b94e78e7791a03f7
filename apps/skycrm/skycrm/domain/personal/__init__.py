"""Where one person stands in texts and files, and how a file looks without them.

Files are read in pieces; what is not about the person is written back byte by byte as it was, line numbers included.
"""
