"""Files from strangers become counts, or problems with the place the person sees."""
