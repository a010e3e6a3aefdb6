"""Rules of accreditors and programs on stratified measures: sealed files."""
