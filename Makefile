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
# What the tests have built anyway, for a smoke: nothing of it is linked static.
DRAFT := $(BUILD)/draft
CLIENTS := $(BUILD)/clients
export PATH := $(PATH):$(dir $(shell command -v swift))

.PHONY: help up install uninstall stage trial draft dist installs test documents lint surfaces e2e full bench dependencies

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
	@Tests/run

documents: ## Hold the documents against the programs that test has built: links, commands, outputs
	@HOLDFAST_BIN=$(abspath $(BUILD))/debug Tests/Documents/check

lint: ## Check format, Lua, shell, Python and JSON
	@config/lint

surfaces: ## Run the tools by the official MCP client, and the page in a browser
	@config/install-dependencies surfaces
	@swift build
	@Tests/Surfaces/run $(or $(SCOPE),all)

draft: dependencies
	@swift build
	@hooks/stage $(BUILD)/debug $(DRAFT) $(BUILD)/debug

ifeq ($(SCOPE),smoke)
e2e: STAGED := $(DRAFT)
e2e: draft
else
e2e: STAGED := $(TRIAL)
e2e: trial
endif
e2e: ## Run the scenarios with the newest Claude Code client and an older one, and random faults and damage; SCOPE=smoke: few
	@config/install-dependencies e2e
	@for client in newest 2.1.139; do \
	  HOLDFAST_BIN=$(abspath $(STAGED))/bin HOLDFAST_PLUGIN=$(abspath $(STAGED))/share/holdfast/plugin \
	    HOLDFAST_DYNAMIC_BIN=$(abspath $(BUILD))/debug SHARDS=$(or $(SHARDS),3) \
	    Tests/EndToEnd/run $$client $(SCOPE) || exit; done
	@HOLDFAST_BIN=$(abspath $(STAGED))/bin Tests/EndToEnd/random --runs $(if $(filter smoke,$(SCOPE)),12,50)
	@HOLDFAST_BIN=$(abspath $(STAGED))/bin Tests/EndToEnd/random --damage --seed 1 --runs $(if $(filter smoke,$(SCOPE)),4,8)

full: dependencies ## The long tiers too: six clients, all faults, an upgrade, 2,500 random runs, races, fuzzing
	@config/full

bench: stage ## Time hook and lookup beside a C twin, redis-cli and a Python hook
	@config/install-dependencies bench
	@for rates in registry-rates drain-rates archive-rates vault-rates; do \
	  $(RELEASE) --product $$rates || exit; done
	@HOLDFAST_BIN=$(abspath $(STAGE))/bin RATES=$(abspath $(STATIC))/release Benchmarks/bench.sh
