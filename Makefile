# mtl-tui: `make run` opens the explorer, `make test` runs every test.
#
#   make run ARGS="train --data sample --model mmoe"   passes arguments on
#   make test CONFIGURATION=release                    tests what users run
#   make mpi                                           what ranks meet over (see "Many machines")
#   make sanitize                                      looks for races between threads
#   make install PREFIX=$HOME/.local                   program, manual page, completions

SHELL := /bin/bash
CONFIGURATION ?= debug
ARGS ?=
PREFIX ?= /usr/local
# Where the files are put instead, for packages: the paths below it are those of PREFIX.
DESTDIR ?=
# The program that `make release` builds and `make install` installs.
PROGRAM ?= .build/mtl-tui
# Refuses an import that a target does not declare, so that the direction of imports holds.
FLAGS := --explicit-target-dependency-import-check error
# A release build hides what `@testable import` needs, unless told; its own folder keeps it apart.
ifeq ($(CONFIGURATION),release)
  TESTING := -c release -Xswiftc -enable-testing --scratch-path .build/testing
endif
# Suites that start the whole program in a terminal, train for longer, or need a release build.
SLOW := EndToEndTests|ProbeJourneys|SelectionBiasTests|AllocationTests

.PHONY: run build release mpi install uninstall test test-fast test-mpi sanitize bench format lint clean

run: build
	@exec .build/release/mtl-tui $(ARGS)

build:
	@.ci/install-missing
	@swift build -c release --product mtl-tui $(FLAGS)

# With the Swift runtime inside, so that it runs where there is no Swift; a Mac has it anyway.
release:
	@.ci/install-missing
	@swift build -c release --product mtl-tui $(FLAGS) --scratch-path .build/static \
	  $(if $(filter Darwin,$(shell uname)),,--static-swift-stdlib)
	@strip -o .build/mtl-tui .build/static/release/mtl-tui
	@ls -l .build/mtl-tui

# One small library for each MPI whose headers are here; the program loads it under mpirun.
mpi:
	@.ci/build-mpi .build/mpi

# PROGRAM=… installs one that is built already.
install: $(if $(filter file,$(origin PROGRAM)),release)
	@.ci/install-program "$(PROGRAM)" "$(DESTDIR)$(PREFIX)"

uninstall:
	@.ci/install-program --remove "$(DESTDIR)$(PREFIX)"

test:
	@.ci/install-missing test
	@swift build -c release --product AllocationProbe $(FLAGS)
	@ALLOCATION_PROBE=$(CURDIR)/.build/release/AllocationProbe swift test $(TESTING) $(FLAGS)

# Ranks under each MPI that is here, against one process; skipped aloud without.
test-mpi: build
	@.ci/build-mpi .build/mpi || true
	@Tests/Ranks/run_mpi.py .build/release/mtl-tui $(ARGS)

test-fast:
	@.ci/install-missing
	@swift test $(TESTING) $(FLAGS) --skip '$(SLOW)'

# The thread sanitiser over the suites whose threads share memory; a race fails them. It keeps its
# own build. `make sanitize ARGS='--filter WorkerPoolTests'` looks at less.
SANITIZED := WorkerPoolTests|TrainingTests
sanitize:
	@.ci/install-missing
	@swift build --build-tests --sanitize=thread --scratch-path .build/sanitize $(FLAGS)
	@TSAN_OPTIONS="suppressions=$(CURDIR)/.ci/sanitizer-suppressions" \
	  swift test --skip-build --sanitize=thread --scratch-path .build/sanitize \
	  $(or $(ARGS),--filter '$(SANITIZED)')

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
