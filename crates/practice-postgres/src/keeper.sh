# Keeps a server until its own input ends. Arguments: the programs' folder, the server's own folder, the port, the role, and
# further options of the server.
programs=$1 folder=$2 port=$3 role=$4
shift 4
# Others may be told to end by a signal; the end of the input tells this one.
trap '' HUP INT TERM

end() {
    rm -rf "$folder"
    exit "$1"
}

"$programs/initdb" --pgdata="$folder/data" --username="$role" --pwfile="$folder/password" --auth=password \
    --encoding=UTF8 --no-locale --no-sync >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    end 1
}
"$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 "$@" </dev/null >"$folder/server.log" 2>&1 &
server=$!
read -r end
# At once: nothing in it is to be kept.
kill -QUIT "$server" 2>/dev/null
wait "$server"
end 0
