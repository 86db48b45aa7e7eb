# On a fresh Debian these need make and python3-venv: no root rights, no services.

PORT ?= 8000
ARGS ?=

python := .venv/bin/python

# A stamp tells what is installed. The development lock contains the runtime one, so that a
# developer's .venv runs the demo as it is.
stamp = .venv/$(1).$(shell sha256sum $(1) | cut -c1-16)
runtime := $(call stamp,requirements.lock)
development := $(call stamp,requirements-dev.lock)

# What translators write, and what is read at run time.
texts := $(wildcard signatures/locale/*/LC_MESSAGES/django.po)
catalogs := $(texts:.po=.mo)

.PHONY: run test check catalogs messages fonts looks bench lock audit sbom reset backup restore

# The demo, on http://127.0.0.1:$(PORT)/
run: export DEMO = 1
run: export SITE_URL = http://127.0.0.1:$(PORT)
run: export TIME_ZONE ?= Europe/Amsterdam
run: $(or $(wildcard $(development)),$(runtime))
	@$(MAKE) --no-print-directory catalogs
	@$(python) manage.py run_demo --port $(PORT)

# Every test on SQLite and on PostgreSQL. tests/__main__.py says what ARGS may be.
test: $(development)
	@$(MAKE) --no-print-directory catalogs
	@$(python) -m tests $(ARGS)

# Compiled translations. They need no tools of the machine; `make messages` needs gettext.
catalogs: $(catalogs)

%.mo: %.po
	@$(python) -m babel.messages.frontend --quiet compile --domain django --input-file $< \
		--output-file $@ --locale $(lastword $(subst /, ,$(dir $(@D))))

# Collects what is to be translated, in every language.
messages: $(development)
	@$(python) manage.py makemessages --all --no-wrap --no-location

# Cuts the web's fonts out of the whole typefaces, to the same bytes every time.
fonts: $(development)
	@$(python) -m signatures.typefaces $(ARGS)

# The settings that `check --deploy` judges: a public site's. Its database is never asked.
public = DATABASE_URL=postgres://letters@db.example.org/letters \
	DEFAULT_FROM_EMAIL=letters@example.org \
	EMAIL_URL=smtp+tls://letters@mail.example.org:587 \
	CONTACT_KEYS=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(32))') \
	SECRET_KEY=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	SITE_URL=https://letters.example.org

check: $(development)
	@$(MAKE) --no-print-directory catalogs
	$(python) -m ruff check
	$(python) -m ruff format --check
	find templates -name '*.html' -exec .venv/bin/djade --check {} +
	.venv/bin/lint-imports --no-logo
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	.venv/bin/hadolint Dockerfile deploy/backup/Dockerfile
	DATABASE_URL=sqlite:///:memory: $(python) manage.py makemigrations --check --dry-run
	$(public) $(python) manage.py check --deploy --fail-level WARNING
	$(python) -m mypy

# A picture of every page in every look, in var/looking/. ARGS=--guide: those of docs/guide/.
looks: $(development)
	@$(MAKE) --no-print-directory catalogs
	@$(python) -m tests.looking $(ARGS)

# How fast letters are served and signed. With ARGS='--row NAME', one row of the table.
bench: $(development)
	@$(python) -m bench.serving $(ARGS)

# Keeps every version that still fits; for newer ones add ARGS=--upgrade.
compile = $(python) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' $(ARGS) pyproject.toml
lock: | $(python)
	$(python) -m pip install --quiet --disable-pip-version-check uv
	$(compile) --output-file requirements.lock
	$(compile) --constraints requirements.lock --group dev --output-file requirements-dev.lock

# Whether a dependency has a known vulnerability; ARGS=--strict fails where nobody can be asked.
audit: $(development)
	@$(python) -m tests.dependencies $(ARGS)

# What a release is made of, for machines: dist/openletters-VERSION.cdx.json (CycloneDX).
version = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
sbom: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
sbom: $(development)
	@mkdir -p dist
	@$(python) -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-file dist/openletters-$(version).cdx.json
	@echo dist/openletters-$(version).cdx.json

# One encrypted file with everything in the database of DATABASE_URL; without that setting, the
# demo's. `make backup TO=folder BACKUP_PUBLIC_KEY=age1...`
TO ?= backups
backup: $(or $(wildcard $(development)),$(runtime))
	@$(python) manage.py backup $(TO)

# Into an empty database: `make restore BACKUP=file KEY=backup.key`, or KEY=- to type the key.
usage := make restore BACKUP=backups/openletters-....age KEY=backup.key
restore: $(or $(wildcard $(development)),$(runtime))
	@$(python) manage.py restore $(or $(BACKUP),$(error Say which: $(usage))) $(or $(KEY),$(error \
		Say who may read it: $(usage))) $(ARGS)

# Forgets the demo's data.
reset:
	rm -rf var

$(python):
	@python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'Python 3.11 or newer with venv is needed: sudo apt-get install python3-venv'; exit 1; }
	@python3 -m venv .venv

define install
	@echo 'Installing $(1) into .venv ...'
	@rm -f .venv/requirements*.lock.*
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@touch $@
endef

$(runtime): | $(python)
	$(call install,requirements.lock)

$(development): | $(python)
	$(call install,requirements-dev.lock)
