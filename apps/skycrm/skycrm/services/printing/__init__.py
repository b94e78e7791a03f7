"""What printed documents show, worked out before a template sees it.

| file | job |
|---|---|
| reader.py | reads fields of a document that the caller may see, as text for paper |
| company.py | the seller: name, tax code, address, logo, bank account |
| party.py | the buyer: name, tax code, address, contact |
| lines.py | rows of items, sums, payment schedule |
| sales_view.py | Quotation, Sales Order, Sales Invoice |
| profile_view.py | Sky Lead, Sky Opportunity |
| paper.py | size of the paper and of the letters, for the pages |

Templates are in print_formats/; skycrm/jinja.py hands them these views.
"""
