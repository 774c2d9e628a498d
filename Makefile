# Two commands do everything on a fresh machine: `make demo` and `make test`.

.PHONY: demo demo-reset test check bench deb guide packages

CARGO ?= cargo

demo: packages
	$(CARGO) build --locked --workspace
	target/debug/hufu demo

demo-reset:
	rm -rf demo
	$(MAKE) demo

# What the programs and their tests need from the system: a Chinese font; for tests PostgreSQL and Chromium too.
packages:
	@sh .ci/packages demo

test:
	@sh .ci/packages test
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items
	@sh .ci/cargo-deny
	@sh .ci/axe
	TMPDIR=$$(sh .ci/scratch) $(CARGO) test --locked --workspace

# A printed guide for each role in both languages, with pictures of the pages of a demo city, in target/guide.
guide:
	@sh .ci/packages test
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked -p hufu --test browser -- --ignored the_guide_is_printed

# Figures of this machine as one table; PostgreSQL waits for its disk as in service. With HUFU_BENCH_COLD=1 a cold build
# is timed too; pictures without a code are timed, and with HUFU_PICTURES=folder:… those of codes (firmware-bridge/benches/pictures.rs).
bench:
	@sh .ci/packages test
	HUFU_TEST_FSYNC=on $(CARGO) bench --locked --workspace --bench figures --bench pictures

# Both programs as Debian packages, in target/debian. The release build takes half an hour.
deb:
	command -v cargo-deb >/dev/null || $(CARGO) install cargo-deb --locked
	$(CARGO) build --locked --release -p hufu -p hufu-station
	$(CARGO) deb --no-build --strip -p hufu
	$(CARGO) deb --no-build --strip -p hufu-station
