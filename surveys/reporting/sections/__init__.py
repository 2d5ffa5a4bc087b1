"""What fills the sections of a report: a module each, from results to blocks.

A section is a function from :class:`surveys.reporting.material.Material` to blocks; one that has nothing to
tell gives none. It is entered in :data:`surveys.reporting.content.FILLS`.
"""
