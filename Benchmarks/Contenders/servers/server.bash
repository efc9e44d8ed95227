# What the scripts of the servers share: the verbs that start and stop one, and the client that does the rest.
# A script defines describe, find (sets what is needed, or calls absent) and launch, and calls serve "$@" last.

here=$(cd "${BASH_SOURCE[0]%/*}" && echo "$PWD")

absent() { # what, its Debian package
    echo "$1 is not installed (Debian package $2)" >&2
    exit 69
}

failed() {
    echo "$1" >&2
    [[ -f $directory/log ]] && tail -n 5 "$directory/log" >&2
    exit 1
}

# Whether the server of this directory runs. A process that has ended and that nobody has asked about (Z) does not; one
# that works elsewhere has got the number of a server that was killed.
is_running() {
    local process state
    [[ -s $directory/pid ]] && process=$(<"$directory/pid") \
        && read -r _ _ state _ <"/proc/$process/stat" && [[ $state != Z ]] \
        && [[ $(readlink "/proc/$process/cwd") == "$directory"* \
            || $(tr '\0' ' ' <"/proc/$process/cmdline") == *"$directory/"* ]]
} 2>/dev/null

# Waits until a command succeeds, a minute at most.
await() {
    local attempt
    for ((attempt = 0; attempt < 1200; attempt++)); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}

is_gone() { ! is_running; }

# Ends the server of this directory and no other.
stop() {
    if is_running; then
        kill -"${1:-TERM}" "$(<"$directory/pid")"
        await is_gone || kill -KILL "$(<"$directory/pid")"
        await is_gone || failed "the server in $directory does not end"
    fi
    rm -f "$directory/pid"
}

serve() { # client verb [--directory D] ...
    local client=$here/$1 verb=${2:-}
    shift
    if [[ $verb == describe ]]; then
        find
        describe
        return
    fi
    local arguments=("$@") index
    for ((index = 1; index + 1 < ${#arguments[@]}; index += 2)); do
        [[ ${arguments[index]} == --directory ]] && directory=${arguments[index + 1]}
    done
    if [[ ! -d ${directory:-} ]]; then
        echo "usage: $0 describe | start | prepare | send | group | catch-up | stop --directory DIRECTORY ..." >&2
        exit 1
    fi
    directory=$(cd "$directory" && echo "$PWD")
    case $verb in
    start)
        find
        is_running || launch
        ;;
    stop) stop "${stop_signal:-TERM}" ;;
    *) exec "$client" "$@" ;;
    esac
}
