"""Charts: plain data drawn as SVG, by rule and never by hand, for pages, files, Word and print alike.

What is drawn is said in :mod:`surveys.charts.specs`: a :class:`Stacked`, :class:`Bars`, :class:`Dots`
or :class:`Levels`, with its words already in the reader's language. :func:`surveys.charts.svg.svg` draws
it, and :func:`surveys.printing.picture.png` makes a picture of the drawing. Whoever shows a chart shows its
table too.
"""
