"""One person's data: found, shown, exported, erased. The request is DocType Sky Personal Data Request.

Source of the rights: Law on Personal Data Protection 91/2025/QH15 and Decree 13/2023/ND-CP of Vietnam, articles 9, 14 and 16
(copy and deletion on request); documents that accounting law keeps (Law on Accounting 88/2015/QH13, article 41) stay.
"""
