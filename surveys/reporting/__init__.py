"""Reports: results put into words, tables and charts at one moment, frozen, and written as Word, PDF and
slides.
"""
