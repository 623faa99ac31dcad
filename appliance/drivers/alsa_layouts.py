"""The records that ALSA's sequencer takes and gives, as this machine lays them out, and their ioctl numbers.

Names and layouts: include/uapi/sound/asequencer.h of the Linux kernel, sequencer protocol 1.0.2 and later.
"""

import ctypes

_BYTE, _INT, _UNSIGNED = ctypes.c_ubyte, ctypes.c_int, ctypes.c_uint

CAN_READ, CAN_WRITE = 1 << 0, 1 << 1
MAY_READ, MAY_WRITE = 1 << 5, 1 << 6  # others may subscribe
PRIVATE = 1 << 7  # nobody but its owner routes it
GENERIC_MIDI, APPLICATION = 1 << 1, 1 << 20
USE_FILTER = 1 << 31
STAMPED, REAL_STAMP = 1 << 1, 1 << 2

SYSTEM = 0  # the kernel's own client: its port 0 is the queues', its port 1 announces
ANNOUNCE = 1
DIRECT = 253  # in place of a queue: at once


class Address(ctypes.Structure):
    """struct snd_seq_addr."""

    _fields_ = (("client", _BYTE), ("port", _BYTE))


class ClientInfo(ctypes.Structure):
    """struct snd_seq_client_info."""

    _fields_ = (
        ("client", _INT),
        ("type", _INT),
        ("name", ctypes.c_char * 64),
        ("filter", _UNSIGNED),
        ("multicast_filter", _BYTE * 8),
        ("event_filter", _BYTE * 32),
        ("num_ports", _INT),
        ("event_lost", _INT),
        ("card", _INT),
        ("pid", _INT),
        ("reserved", _BYTE * 56),
    )


class ClientPool(ctypes.Structure):
    """struct snd_seq_client_pool."""

    _fields_ = (
        ("client", _INT),
        ("output_pool", _INT),
        ("input_pool", _INT),
        ("output_room", _INT),
        ("output_free", _INT),
        ("input_free", _INT),
        ("reserved", _BYTE * 64),
    )


class PortInfo(ctypes.Structure):
    """struct snd_seq_port_info."""

    _fields_ = (
        ("address", Address),
        ("name", ctypes.c_char * 64),
        ("capability", _UNSIGNED),
        ("type", _UNSIGNED),
        ("counts", _INT * 5),
        ("kernel", ctypes.c_void_p),
        ("flags", _UNSIGNED),
        ("queue", _BYTE),
        ("reserved", _BYTE * 59),
    )


class Subscription(ctypes.Structure):
    """struct snd_seq_port_subscribe."""

    _fields_ = (
        ("sender", Address),
        ("dest", Address),
        ("voices", _UNSIGNED),
        ("flags", _UNSIGNED),
        ("queue", _BYTE),
        ("reserved", _BYTE * 67),
    )


class QueueInfo(ctypes.Structure):
    """struct snd_seq_queue_info."""

    _fields_ = (
        ("queue", _INT),
        ("owner", _INT),
        ("locked", _UNSIGNED),
        ("name", ctypes.c_char * 64),
        ("flags", _UNSIGNED),
        ("reserved", _BYTE * 60),
    )


class QueueStatus(ctypes.Structure):
    """struct snd_seq_queue_status."""

    _fields_ = (
        ("queue", _INT),
        ("events", _INT),
        ("tick", _UNSIGNED),
        ("seconds", _UNSIGNED),
        ("nanoseconds", _UNSIGNED),
        ("running", _INT),
        ("flags", _INT),
        ("reserved", _BYTE * 64),
    )


def _numbered(direction: int, number: int, record: type[ctypes.Structure] | type[ctypes.c_int]) -> int:
    # include/uapi/asm-generic/ioctl.h: direction (1 write, 2 read, 3 both), size, letter, number.
    return direction << 30 | ctypes.sizeof(record) << 16 | ord("S") << 8 | number


CLIENT_ID = _numbered(2, 0x01, ctypes.c_int)
GET_CLIENT_INFO = _numbered(3, 0x10, ClientInfo)
SET_CLIENT_INFO = _numbered(1, 0x11, ClientInfo)
CREATE_PORT = _numbered(3, 0x20, PortInfo)
DELETE_PORT = _numbered(1, 0x21, PortInfo)
SUBSCRIBE_PORT = _numbered(1, 0x30, Subscription)
CREATE_QUEUE = _numbered(3, 0x32, QueueInfo)
GET_QUEUE_STATUS = _numbered(3, 0x40, QueueStatus)
SET_CLIENT_POOL = _numbered(1, 0x4C, ClientPool)
QUERY_NEXT_CLIENT = _numbered(3, 0x51, ClientInfo)
QUERY_NEXT_PORT = _numbered(3, 0x52, PortInfo)
