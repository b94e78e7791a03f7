"""Walks every route that returns or changes data, and looks for what somebody should not get.

routes.py says which routes there are (read off the framework, so that a new one is walked by itself), world.py makes
the people and records, arguments.py fills a route's arguments, client.py sends the requests, findings.py reads the answers.
"""
