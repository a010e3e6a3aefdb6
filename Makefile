# What can be done here; `make` alone prints this list.
.PHONY: help serve test quick lint types prove bench lock wheel clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

serve: ## set everything up and serve the demonstration on this machine
	script/server

test: ## every test, slow ones too
	script/test

quick: ## the tests that take under a second each
	script/test quick

lint: ## style and format
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .

types: ## types, strictly
	.venv/bin/python -m mypy

prove: ## that nobody gets in and nothing is lost, for some ten minutes
	script/prove

bench: ## speed and memory, beside what one would use instead
	script/bench

lock: ## pin every package again, with hashes
	script/lock

wheel: ## a package for `pip install`, in dist/
	.venv/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist .

clean: ## what can be made again: the environment, caches, the demonstration
	rm -rf .venv node_modules dist var/demo .pytest_cache .mypy_cache .ruff_cache
