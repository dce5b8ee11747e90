"""What the kernel must refuse everything in a sandbox, beyond what bubblewrap refuses. Linux only; where it cannot
be had (no ctypes, another processor), bubblewrap alone stands."""

import errno
import platform
import struct

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
KILL = 0x80000000
REFUSE = 0x00050000

# struct seccomp_data: nr, arch, instruction pointer, arguments.
OFFSET_NR, OFFSET_ARCH, OFFSET_FIRST_ARGUMENT = 0, 4, 16
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

# Namespaces that clone() may not make: they would give capabilities inside them.
NEW_NAMESPACES = 0x7E020000
FIRST_X32_CALL = 0x40000000
CLONE3 = 435

# Memory that outlives a process or escapes its limit (System V, memfd), other processes' memory, namespaces, mounts,
# keys, and large kernel interfaces that no program here needs.
MACHINES = {
    'x86_64': (0xC000003E, 56, (29, 64, 68, 240, 319, 101, 310, 311, 272, 308, 165, 166, 155, 161, 248, 249, 250, 321,
                                298, 323, 304, 303, 246, 175, 313, 176, 135)),
    'aarch64': (0xC00000B7, 220, (194, 190, 186, 180, 279, 117, 270, 271, 97, 268, 40, 39, 41, 51, 217, 218, 219, 280,
                                  241, 282, 265, 264, 104, 105, 273, 106, 92)),
}
# io_uring, pidfd, the new mount calls, memfd_secret: numbered alike on all machines.
COMMON = (425, 426, 427, 434, 438, 428, 429, 430, 431, 432, 433, 442, 447)


def filter_program(arch, clone, refused):
    """Classic BPF, one 8-byte instruction each: code, jump if true, jump if false, operand."""
    def refuse(error):
        return (RETURN, 0, 0, REFUSE | error)

    program = [
        (LOAD, 0, 0, OFFSET_ARCH),
        (EQUAL, 1, 0, arch),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, OFFSET_NR),
        (AT_LEAST, 0, 1, FIRST_X32_CALL),
        refuse(errno.EPERM),
        # glibc then falls back to clone(), whose flags can be read here.
        (EQUAL, 0, 1, CLONE3),
        refuse(errno.ENOSYS),
    ]
    for number in refused:
        program += [(EQUAL, 0, 1, number), refuse(errno.EPERM)]
    program += [
        (EQUAL, 0, 3, clone),
        (LOAD, 0, 0, OFFSET_FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, NEW_NAMESPACES),
        refuse(errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b''.join(struct.pack('=HBBI', *instruction) for instruction in program), len(program)


def lock_down():
    """Hides this process and its children from tracing by the same user, and refuses what they do not need."""
    try:
        import ctypes

        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (ImportError, OSError, AttributeError):
        return
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    machine = MACHINES.get(platform.machine())
    if machine is None or struct.calcsize('P') != 8:
        return
    arch, clone, refused = machine
    program, length = filter_program(arch, clone, refused + COMMON)
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a length, padding, a pointer.
    header = ctypes.create_string_buffer(struct.pack('@HP', length, ctypes.addressof(instructions)))
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(header), 0, 0)
