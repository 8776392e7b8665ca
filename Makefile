# What people and CI type. Everything that is made lies in build/.
SHELL := /bin/bash
CONFIGURATION := Release
RUNTIME := linux-x64
BINARY := build/crio-credential-provider

# Where "make install" puts things; DESTDIR stands in front of everything, for packages.
DESTDIR :=
PREFIX := /usr
LIBEXECDIR := $(PREFIX)/libexec/kubelet-image-credential-provider-plugins
SHAREDIR := $(PREFIX)/share
# Debian's zsh looks for what packages bring in a directory of its own; everybody else's, and Debian's below /usr/local,
# in site-functions.
ZSHDIR := $(SHAREDIR)/zsh/$(if $(and $(filter /usr,$(PREFIX)),$(wildcard /etc/debian_version)),vendor-completions,site-functions)
INSTALLED = BINARY="$(BINARY)" DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" LIBEXECDIR="$(LIBEXECDIR)" SHAREDIR="$(SHAREDIR)" ZSHDIR="$(ZSHDIR)"

.DEFAULT_GOAL := build
.PHONY: build dynamic arm64 portability packages package-test reproducible bench setup test stress fuzz mutation load demo pictures format generated install uninstall clean help FORCE

build: $(BINARY) ## build the native binary into build/: one static file

$(BINARY): FORCE
	@scripts/build-native $(RUNTIME) $@

dynamic: ## build build/crio-credential-provider-dynamic, which uses the node's own glibc and OpenSSL
	@scripts/build-native $(RUNTIME) $(BINARY)-dynamic dynamic

arm64: ## build build/crio-credential-provider-arm64, and test it under qemu
	@scripts/setup arm64
	@scripts/build-native linux-arm64 $(BINARY)-arm64
	@scripts/test-arm64

portability: ## run the static file in a root of Debian 11
	@scripts/setup portability
	@scripts/portability

packages: ## build all packages of both architectures into build/packages (deb, rpm, sysext, image, SBOM, checksums)
	@scripts/setup packages
	@scripts/build-native $(RUNTIME) $(BINARY)
	@scripts/build-native linux-arm64 $(BINARY)-arm64
	@rm -rf build/packages
	@scripts/packages

package-test: packages ## install, upgrade, run and remove the packages in booted nodes, and lint them (needs root)
	@scripts/package-test

reproducible: ## build binaries and packages of the last commit in two folders, and compare the bytes
	@scripts/setup packages
	@scripts/check-reproducible

bench: setup build ## compare whole invocations with curl's (and PEER=path's); writes docs/reference/performance.md
	@scripts/bench $(ROUNDS)

setup: ## install what the build, the tests and the demo need (apt-get)
	@scripts/setup

test: setup ## run all tests; the last line is "N passed, N failed"
	@scripts/test

stress: setup build ## a hundred rounds of each kind of hand-over, and of install and uninstall (an hour)
	@TEST_HAND_OVER_ROUNDS=100 TEST_ROLLOUT_ROUNDS=50 scripts/test -class '*HandOverContractTests' \
		-class '*HandOverTogetherContractTests' \
		-class '*RoundsTests' -class '*InterruptedTests'

fuzz: ## fuzz each parser for FUZZ_SECONDS (60) with AFL++; ends with an error on a finding
	@scripts/setup fuzz
	@scripts/fuzz

mutation: setup ## change the code of each step, and count the changes that its tests notice (hours)
	@scripts/mutation $(FOLDERS)

load: setup build ## 250 pulls at once beside curl, and 5000 one after the other (minutes)
	@TEST_LOAD=full scripts/test -class '*LoadContractTests' -class '*LongLifeContractTests'

demo: ## the article's walk-through on this machine, with proof
	@scripts/demo

pictures: build ## draw docs/pictures anew, and the diagrams of the pages into build/pictures/all.png
	@scripts/setup pictures
	@scripts/pictures

format: ## lay out all C# files as CSharpier does, which "make test" checks
	@dotnet tool restore >/dev/null
	@dotnet csharpier format bench src tests

generated: build ## rewrite the committed files that the program generates: man page, completions, deploy/generated
	@scripts/generated $(BINARY) .

install: ## install binary, man page, completions and units below DESTDIR and PREFIX (builds the binary if there is none)
	@[ -e "$(BINARY)" ] || [ "$(origin BINARY)" != file ] || $(MAKE) --no-print-directory build
	@$(INSTALLED) scripts/install-files install

uninstall: ## remove what install put below DESTDIR and PREFIX (first take it out of the kubelet's configuration)
	@$(INSTALLED) scripts/install-files uninstall

clean: ## remove everything that was built
	rm -rf build

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

FORCE:
