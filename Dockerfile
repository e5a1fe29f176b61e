# syntax=docker/dockerfile:1
# The service in an image of its own, with TLS to PostgreSQL. Build and start:
#
#     docker build -t verbundkatalog .
#     docker run --read-only --cap-drop ALL -p 127.0.0.1:8080:8080 -v verbundkatalog:/data verbundkatalog
#
# docs/operations.md tells what of this was checked and how.

FROM docker.io/library/rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# OpenSSL for libpq is built from source: that needs perl and make, which this image has.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package verbundkatalog --features tls \
    && install -D target/release/verbundkatalog /out/verbundkatalog

FROM docker.io/library/debian:bookworm-slim AS runtime
# The certificates of the authorities, for databases with `sslmode=verify-full&sslrootcert=system`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /out/verbundkatalog /usr/local/bin/verbundkatalog
COPY LICENSE /usr/share/doc/verbundkatalog/LICENSE

ENV VERBUNDKATALOG_LISTEN=0.0.0.0:8080 \
    VERBUNDKATALOG_DATABASE_URL=sqlite:///data/verbundkatalog.sqlite \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# A number, so that a cluster can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["verbundkatalog", "health"]
ENTRYPOINT ["verbundkatalog"]
CMD ["serve"]

LABEL org.opencontainers.image.title="Verbundkatalog" \
      org.opencontainers.image.description="Catalogue of reusable components of German public administration" \
      org.opencontainers.image.licenses="EUPL-1.2"
