"""Följa, the product."""

import os

# Workbooks come from outside. openpyxl is to read them with defusedxml, which refuses entities, also where
# lxml (which the writing of Word files brings with it) is installed; it asks once, when it is first imported.
os.environ["OPENPYXL_LXML"] = "False"
