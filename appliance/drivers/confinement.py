"""What a process gives up before it reads a file that somebody sent: the network, other programs, writing, memory.

Each is asked of the kernel, and what one kernel does not have another of them makes up for: limits (setrlimit(2)) are
everywhere, a filter of system calls (seccomp(2)) on every kernel since 3.17, Landlock (landlock(7)) since 5.13.
"""

import contextlib
import ctypes
import os
import resource
import struct
from collections.abc import Sequence
from pathlib import Path

from appliance.drivers.machine import machine

_LIBC = ctypes.CDLL(None, use_errno=True)

# <linux/prctl.h>
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

# <linux/audit.h>, and the numbers of socket, connect, socketpair, execve, kill, ptrace, tgkill, execveat and
# io_uring_setup on each machine, in another order on the second (<asm/unistd_64.h>, <asm-generic/unistd.h>).
_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 62, 101, 234, 322, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 221, 281, 117, 129, 131, 425)),
}

# <linux/filter.h>, <linux/seccomp.h>: load a word, jump if equal, return; allow, or fail with EPERM.
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050001
_NUMBER, _ARCHITECTURE = 0, 4  # places in struct seccomp_data

# <asm-generic/unistd.h>; <linux/landlock.h>: all that a file can be made, changed or run by, of the first version.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _REMOVE_AND_MAKE = 1 << 0, 1 << 1, 0x1FF0
_PATH_BENEATH = 1


def confine(*, memory: int, seconds: int, writable: Sequence[Path] = ()) -> None:
    """From here on: `memory` bytes, `seconds` of processor, and files are written below `writable` alone."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 64 << 20 if writable else 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _leave_files(writable)
    _leave_network()


def _leave_files(writable: Sequence[Path]) -> None:
    handled = _EXECUTE | _WRITE_FILE | _REMOVE_AND_MAKE
    ruleset = ctypes.create_string_buffer(struct.pack("=Q", handled))
    handle = _LIBC.syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(8), 0)
    if handle < 0:
        return
    for place in writable:
        folder = os.open(place, os.O_PATH)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", _WRITE_FILE | _REMOVE_AND_MAKE, folder))
        _LIBC.syscall(_ADD_RULE, handle, _PATH_BENEATH, rule, 0)
        os.close(folder)
    _LIBC.syscall(_RESTRICT_SELF, handle, 0)
    os.close(handle)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _leave_network() -> None:
    if machine() not in _MACHINES:
        return
    architecture, denied = _MACHINES[machine()]
    # Each instruction: code, jump if true, jump if false, a number. Another architecture's calls are denied as well.
    program = [(_LOAD, 0, 0, _ARCHITECTURE), (_JUMP_EQUAL, 0, len(denied) + 2, architecture), (_LOAD, 0, 0, _NUMBER)]
    program += [(_JUMP_EQUAL, len(denied) - place, 0, call) for place, call in enumerate(denied)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY)]
    packed = b"".join(struct.pack("=HBBI", *one) for one in program)
    wanted = _Program(len(program), packed)
    _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(wanted), 0, 0)
