# mtl-tui: `make run` opens the explorer, `make test` runs every test.
#
#   make run ARGS="train --data sample --model mmoe"   passes arguments on
#   make test CONFIGURATION=release                    tests what users run

SHELL := /bin/bash
CONFIGURATION ?= debug
ARGS ?=
# Refuses an import that a target does not declare, so that the direction of imports holds.
FLAGS := --explicit-target-dependency-import-check error
# A release build hides what `@testable import` needs, unless told; its own folder keeps it apart.
ifeq ($(CONFIGURATION),release)
  TESTING := -c release -Xswiftc -enable-testing --scratch-path .build/testing
endif
# Suites that start the whole program in a terminal, train for longer, or need a release build.
SLOW := EndToEndTests|ProbeJourneys|SelectionBiasTests|AllocationTests

.PHONY: run build test test-fast bench format lint clean

run: build
	@exec .build/release/mtl-tui $(ARGS)

build:
	@.ci/install-missing
	@swift build -c release --product mtl-tui $(FLAGS)

test:
	@.ci/install-missing test
	@swift build -c release --product AllocationProbe $(FLAGS)
	@ALLOCATION_PROBE=$(CURDIR)/.build/release/AllocationProbe swift test $(TESTING) $(FLAGS)

test-fast:
	@.ci/install-missing
	@swift test $(TESTING) $(FLAGS) --skip '$(SLOW)'

# `make bench ARGS=quick` takes a minute less.
bench:
	@.ci/install-missing
	@swift run -c release --package-path Benchmarks --scratch-path .build/benchmarks \
	  step-benchmarks $(ARGS)

format:
	@swift format -i -r Sources Tests Benchmarks

lint:
	@swift format lint --strict -r Sources Tests Benchmarks
	@.ci/check-locks
	@.ci/check-output
	@.ci/check-sizes

clean:
	@rm -rf .build
