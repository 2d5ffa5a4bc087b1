"""Writing: questionnaires made and changed, their versions, ready sets, the library of scales."""
