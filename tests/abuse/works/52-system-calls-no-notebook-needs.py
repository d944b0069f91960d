# Ends: completed
from hostile import *

denied(socket.socket, 40, socket.SOCK_STREAM)  # vsock
refused(425, 8, ctypes.create_string_buffer(120))  # io_uring_setup
refused(250, 0, -3, 1)  # keyctl
refused(321, 0, ctypes.create_string_buffer(128), 128)  # bpf
refused(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)  # perf_event_open
refused(272, 0x10000000)  # unshare of a user namespace
refused(165, b'none', b'/tmp', b'tmpfs', 0, None)  # mount
refused(313, -1, b'', 0)  # finit_module
refused(101, 16, os.getppid(), 0, 0)  # ptrace
refused(175, b'', 0, b'')  # init_module
refused(310, os.getppid(), 0, 0, 0, 0, 0)  # process_vm_readv
answer()
