#!/bin/sh
# Prints a Python that Ghostnote runs on (3.11 or newer), or says on stderr that there is none.
for python in python3 python3.13 python3.12 python3.11; do
    # A name on the path may be an empty shell (a version manager's): only one that answers counts.
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "Ghostnote needs Python 3.11 or newer: on Debian, Ubuntu or Raspberry Pi OS, sudo apt install python3 python3-venv" >&2
exit 1
