# Shortcuts for people who have `just`. Each line is the plain command; nothing needs this file.

# Lists the recipes.
default:
    @just --list

# Starts the service on http://127.0.0.1:8080/ with the sample catalogue.
serve *ARGS:
    cargo run --release -- serve --sample {{ ARGS }}

# Runs all tests. On PostgreSQL too where its server is installed.
test:
    cargo test --workspace

# What CI holds and takes no time: format, layers, lints.
check:
    cargo fmt --all --check
    .ci/layers
    cargo clippy --workspace --all-targets -- -D warnings

# Writes openapi.yaml anew from the code.
openapi:
    cargo run -- openapi > target/openapi.yaml
    mv target/openapi.yaml openapi.yaml

# Checks openapi.yaml against the rules of others.
openapi-lint *ARGS:
    tools/openapi-lint/run {{ ARGS }}

# Licences, sources and bans of the dependencies, and dependencies that nothing uses.
dependencies:
    cargo deny --offline check licenses bans sources
    cargo machete

# Everything that CI runs, as CI runs it.
ci:
    bash .ci/run
