"""Results: what was answered, counted once; pages, exports, charts and reports read these functions."""
