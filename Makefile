# make demo      ask the shipped network a question about the London Underground
# make test      run all tests
# make check     check style, types and documentation
# make networks  train and measure all shipped networks again, for hours; it continues after an interruption
# Each target first sets up what it needs in .venv. For another Python: make PYTHON=python3.12 demo
PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet -c constraints.txt

.PHONY: demo test check networks clean

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

networks: .venv/.tools
	@for name in traversal inference-1 inference-2 inference \
			shortest-path shortest-path-learned-1 shortest-path-learned-2 shortest-path-learned-3 \
			shortest-path-learned-4 shortest-path-learned shortest-path-silent-1 shortest-path-silent kinship \
			memory-reuse-1 memory-reuse; do \
		folder=build/networks/$$name; \
		if [ -f $$folder/state.pt ]; then place=--resume; else place=--output; fi; \
		$(BIN)/graphdnc train runs/$$name.toml --threads 1 $$place $$folder || exit; \
		case $$name in *-[0-9]) continue;; esac; \
		$(BIN)/python benchmarks/publish.py $$name $$folder/best || exit; \
	done

# The stamp is made last, so an interrupted set-up is repeated.
.venv/.installed: pyproject.toml constraints.txt
	@echo "setting up .venv (a few minutes, 1 GB)"
	$(PYTHON) -m venv .venv
	$(INSTALL) -e .
	@touch $@

.venv/.tools: .venv/.installed
	$(INSTALL) -e ".[test]"
	@touch $@

# datasets/, cli/, checkpoints/ and runs/ are installed inside graphdnc, so mypy must find them there.
build/types: $(wildcard graphdnc/*)
	@rm -rf $@ && mkdir -p $@/graphdnc
	@ln -s $(addprefix ../../../,$(filter-out %/__pycache__,$(wildcard graphdnc/*)) datasets cli checkpoints runs) $@/graphdnc/

clean:
	rm -rf .venv build graphdnc.egg-info
