# The targets for people and CI. All output goes to build/.
SHELL := /bin/bash
CONFIGURATION := Release
RUNTIME := linux-x64
BINARY := build/crio-credential-provider

# Where "make install" installs files. DESTDIR is prepended to every path, for packages.
DESTDIR :=
PREFIX := /usr
LIBEXECDIR := $(PREFIX)/libexec/kubelet-image-credential-provider-plugins
SHAREDIR := $(PREFIX)/share
# Debian's zsh looks for packaged completions in vendor-completions; other distributions, and Debian below /usr/local,
# use site-functions.
ZSHDIR := $(SHAREDIR)/zsh/$(if $(and $(filter /usr,$(PREFIX)),$(wildcard /etc/debian_version)),vendor-completions,site-functions)
INSTALLED = BINARY="$(BINARY)" DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" LIBEXECDIR="$(LIBEXECDIR)" SHAREDIR="$(SHAREDIR)" ZSHDIR="$(ZSHDIR)"

.DEFAULT_GOAL := build
.PHONY: build dynamic arm64 portability packages package-test reproducible bench setup test stress fuzz mutation load demo pictures format generated install uninstall clean help FORCE

build: $(BINARY) ## build the native binary, one static file, in build/

$(BINARY): FORCE
	@scripts/build-native $(RUNTIME) $@

dynamic: ## build build/crio-credential-provider-dynamic, which uses the node's own glibc and OpenSSL
	@scripts/build-native $(RUNTIME) $(BINARY)-dynamic dynamic

arm64: ## build build/crio-credential-provider-arm64, and test it under qemu
	@scripts/setup arm64
	@scripts/build-native linux-arm64 $(BINARY)-arm64
	@scripts/test-arm64

portability: ## run the static file in a Debian 11 root directory
	@scripts/setup portability
	@scripts/portability

packages: ## build all packages for both architectures in build/packages (deb, rpm, sysext, image, SBOM, checksums)
	@scripts/setup packages
	@scripts/build-native $(RUNTIME) $(BINARY)
	@scripts/build-native linux-arm64 $(BINARY)-arm64
	@rm -rf build/packages
	@scripts/packages

package-test: packages ## install, upgrade, run and remove the packages on booted test nodes, and lint them (needs root)
	@scripts/package-test

reproducible: ## build the last commit's binaries and packages in two directories, and compare the bytes
	@scripts/setup packages
	@scripts/check-reproducible

bench: setup build ## compare whole runs with curl (and PEER=path); writes docs/reference/performance.md
	@scripts/bench $(ROUNDS)

setup: ## install what the build, the tests and the demo need (apt-get)
	@scripts/setup

test: setup ## run all tests; the last line is "N passed, N failed"
	@scripts/test

stress: setup build ## run a hundred rounds of each kind of hand-over, and of install and uninstall (an hour)
	@TEST_HAND_OVER_ROUNDS=100 TEST_ROLLOUT_ROUNDS=50 scripts/test -class '*HandOverContractTests' \
		-class '*HandOverTogetherContractTests' \
		-class '*RoundsTests' -class '*InterruptedTests'

fuzz: ## fuzz each parser for FUZZ_SECONDS (60) with AFL++; fails on a finding
	@scripts/setup fuzz
	@scripts/fuzz

mutation: setup ## run mutation tests: change the code of each step, and count the changes that its tests detect (hours)
	@scripts/mutation $(FOLDERS)

load: setup build ## run 250 pulls at once, compared with curl, and 5000 one after the other (minutes)
	@TEST_LOAD=full scripts/test -class '*LoadContractTests' -class '*LongLifeContractTests'

demo: ## run the article's walk-through on this machine, and verify the result
	@scripts/demo

pictures: build ## redraw docs/pictures, and draw the diagrams of the pages into build/pictures/all.png
	@scripts/setup pictures
	@scripts/pictures

format: ## format all C# files with CSharpier, which "make test" checks
	@dotnet tool restore >/dev/null
	@dotnet csharpier format bench src tests

generated: build ## rewrite the committed files that the program generates: man page, completions, deploy/generated
	@scripts/generated $(BINARY) .

install: ## install binary, man page, completions and units below DESTDIR and PREFIX (builds the binary if it is missing)
	@[ -e "$(BINARY)" ] || [ "$(origin BINARY)" != file ] || $(MAKE) --no-print-directory build
	@$(INSTALLED) scripts/install-files install

uninstall: ## remove what install installed below DESTDIR and PREFIX (first remove it from the kubelet's configuration)
	@$(INSTALLED) scripts/install-files uninstall

clean: ## remove everything that was built
	rm -rf build

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

FORCE:
