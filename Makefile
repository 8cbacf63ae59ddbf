# Holdfast's verbs; `make help` lists them.

PREFIX ?= $(HOME)/.local
# Built files lie here; what is linked static needs a scratch path of its own: SwiftPM compiles everything anew where the
# flags differ from the last time.
BUILD := .build
STATIC := $(BUILD)/static
RELEASE = swift build --scratch-path $(STATIC) $(shell config/static-flags)
STAGE := $(BUILD)/stage
# For tests: with the companion of the debug build, an executable of its own, by which they find and kill it.
TRIAL := $(BUILD)/trial
CLIENTS := $(BUILD)/clients
# Swift Testing begins all tests of a pass at once; on two cores each would wait for all others.
FEW := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH
COMMANDS := ^CommandTests\.
TALKING := ^(CompanionTests|ProvidersTests|RelayTests|ThreadsTests)\.
SERVING := ^DashboardTests\.
export PATH := $(PATH):$(dir $(shell command -v swift))

.PHONY: help up install uninstall stage trial dist installs test documents lint surfaces e2e full bench dependencies

help: ## List the verbs
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: dependencies install ## Install under PREFIX (~/.local), start the companion, register the plugin, test the whole
	@$(PREFIX)/bin/holdfast up

dependencies:
	@config/install-dependencies runtime

# A debug build of the companion would be ten times as slow at its work; a release build of the tests buys nothing.
# The large one first: what the hook needs of it is compiled beside a thousand files of C, and not before them.
stage: dependencies
	@for product in holdfast holdfast-hook; do $(RELEASE) --product $$product || exit; done
	@hooks/stage $(STATIC)/release $(STAGE)

trial: dependencies
	@swift build --product holdfast-companion
	@for product in holdfast holdfast-hook; do $(RELEASE) --product $$product || exit; done
	@hooks/stage $(STATIC)/release $(TRIAL) $(BUILD)/debug

install: stage ## Build release and install under PREFIX
	@hooks/install --prefix $(PREFIX) $(STAGE)

uninstall: ## Stop the companion, take the plugin out of Claude Code, remove what install wrote; recorded state stays
	@$(PREFIX)/bin/holdfast uninstall

dist: stage ## Make what is handed out in dist/: tarball, .deb, wheel, marketplace, symbols, SBOM, sums
	@config/install-dependencies dist
	@config/dist/build

installs: dist ## Install what dist made on bare systems without Swift, use it, take it away again
	@Tests/Install/run

test: ## Run all tests
	@config/install-dependencies test
	@swift build --build-tests
	@# Tests that compute hold the few threads on which those wait that talk to servers: not at one time.
	@swift test --skip-build --parallel --skip '$(COMMANDS)' --skip '$(TALKING)' --skip '$(SERVING)'
	@$(FEW)=8 swift test --skip-build --parallel --filter '$(COMMANDS)'
	@$(FEW)=16 swift test --skip-build --parallel --filter '$(TALKING)'
	@swift test --skip-build --parallel --filter '$(SERVING)'

documents: ## Hold the documents against the programs that test has built: links, commands, outputs
	@HOLDFAST_BIN=$(abspath $(BUILD))/debug Tests/Documents/check

lint: ## Check format, Lua, shell, Python and JSON
	@config/lint

surfaces: ## Run the tools by the official MCP client, and the page in a browser
	@config/install-dependencies surfaces
	@swift build
	@Tests/Surfaces/run $(or $(SCOPE),all)

e2e: trial ## Run the scenarios with the newest Claude Code client and an older one, 50 random runs of faults, 8 of damage
	@config/install-dependencies e2e
	@for client in newest 2.1.139; do \
	  HOLDFAST_BIN=$(abspath $(TRIAL))/bin HOLDFAST_PLUGIN=$(abspath $(TRIAL))/share/holdfast/plugin \
	    HOLDFAST_DYNAMIC_BIN=$(abspath $(BUILD))/debug SHARDS=$(or $(SHARDS),3) Tests/EndToEnd/run $$client || exit; done
	@HOLDFAST_BIN=$(abspath $(TRIAL))/bin Tests/EndToEnd/random --runs 50
	@HOLDFAST_BIN=$(abspath $(TRIAL))/bin Tests/EndToEnd/random --damage --seed 1 --runs 8

full: dependencies ## The long tiers too: six clients, all faults, an upgrade, 2,500 random runs, races, fuzzing
	@config/full

bench: stage ## Time hook and lookup beside a C twin, redis-cli and a Python hook
	@config/install-dependencies bench
	@for rates in registry-rates drain-rates archive-rates vault-rates; do \
	  $(RELEASE) --product $$rates || exit; done
	@HOLDFAST_BIN=$(abspath $(STAGE))/bin RATES=$(abspath $(STATIC))/release Benchmarks/bench.sh
