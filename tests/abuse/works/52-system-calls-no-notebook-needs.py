# Ends: completed
from hostile import *

passed = []

def refused(name, number, *arguments):
    if libc.syscall(number, *arguments) >= 0:
        passed.append(name)

try:
    socket.socket(40, socket.SOCK_STREAM)
    passed.append('vsock')
except OSError:
    pass
refused('io_uring_setup', 425, 8, ctypes.create_string_buffer(120))
refused('keyctl', 250, 0, -3, 1)
refused('bpf', 321, 0, ctypes.create_string_buffer(128), 128)
refused('perf_event_open', 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)
refused('mount', 165, b'none', b'/tmp', b'tmpfs', 0, None)
refused('init_module', 175, b'', 0, b'')
refused('finit_module', 313, -1, b'', 0)
refused('ptrace', 101, 16, os.getppid(), 0, 0)
refused('process_vm_readv', 310, os.getppid(), 0, 0, 0, 0, 0)
refused('unshare of a user namespace', 272, 0x10000000)  # the last, for it would change what the others do
if passed:
    escaped(', '.join(passed))
answer()
