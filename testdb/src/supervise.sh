# Runs a PostgreSQL server for tests until no test process gave a sign of life for more than a minute; then stops it and
# removes its directory. Arguments: the directory, and the directory of the server's programs.
cd "$1" || exit 1
"$2/initdb" -D data -A trust -U postgres -E UTF8 --locale=C --no-sync --no-instructions >initdb.log 2>&1 || {
    echo "initdb failed: $(tail -n 1 initdb.log)" >failed
    exit 1
}
"$2/postgres" -D data -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
    -c max_connections=400 -c shared_buffers=64MB -c max_wal_size=1GB -c lc_messages=C >server.log 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null' TERM
idle() { [ -z "$(find in-use -mmin -1 2>/dev/null)" ]; }
while sleep 2 && kill -0 $server 2>/dev/null; do
    if idle; then
        # Whoever comes now waits until this is gone, or finds the server stopped.
        mkdir stopping 2>/dev/null
        if idle; then
            kill -INT $server
            wait $server
            [ -d data ] && cd / && rm -rf "$1" # not that of a later server in its place
            exit 0
        fi
        rmdir stopping
    fi
done
echo "the server ended: $(tail -n 1 server.log)" >failed
