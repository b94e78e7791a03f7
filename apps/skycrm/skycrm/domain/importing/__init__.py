"""Lists of people as other programs write them: read, understood and checked. No database here.

| file | job |
|---|---|
| table.py | what a reader gives: rows with their line, faults with line and column |
| encoding.py | which encoding a text file is in |
| csv_reader.py, xlsx_reader.py, vcard_reader.py | one kind of file each, row by row |
| readers.py | picks the reader for a file |
| known_headers.py, guess.py | which column is which field |
| values.py | the text of a cell as the value of a field |
"""
