"""Pages out: plain data typeset by typst as tagged PDF (PDF/UA-1). No text of anybody is markup."""
