# make demo    ask the shipped network a question about the London Underground
# make test    run all tests
# make check   check style, types and documentation
# Each target first sets up what it needs in .venv. For another Python: make PYTHON=python3.12 demo
PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet -c constraints.txt

.PHONY: demo test check clean

demo: .venv/.installed
	$(BIN)/graphdnc ask datasets/real/underground.csv \
		"Start at Stockwell, take the Victoria northbound four stops, then the Jubilee southbound two stops, then the Waterloo & City eastbound one stop: where am I?"

test: .venv/.tools
	$(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist worksteal

check: .venv/.tools build/types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=build/types $(BIN)/mypy -p graphdnc
	$(BIN)/python -m pytest -q tests/docs/test_docs.py

# The stamp is made last, so an interrupted set-up is repeated.
.venv/.installed: pyproject.toml constraints.txt
	@echo "setting up .venv (a few minutes, 1 GB)"
	$(PYTHON) -m venv .venv
	$(INSTALL) -e .
	@touch $@

.venv/.tools: .venv/.installed
	$(INSTALL) -e ".[test]"
	@touch $@

# datasets/, cli/ and checkpoints/ are installed inside graphdnc, so mypy must find them there.
build/types: $(wildcard graphdnc/*)
	@rm -rf $@ && mkdir -p $@/graphdnc
	@ln -s $(addprefix ../../../,$(filter-out %/__pycache__,$(wildcard graphdnc/*)) datasets cli checkpoints) $@/graphdnc/

clean:
	rm -rf .venv build graphdnc.egg-info
