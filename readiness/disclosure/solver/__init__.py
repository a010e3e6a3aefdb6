"""Which numbers to hide and the proof that they are enough, found by HiGHS."""
