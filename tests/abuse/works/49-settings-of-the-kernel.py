# Ends: completed
from hostile import *

for name in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/sysrq-trigger',
             '/proc/sys/vm/drop_caches', '/sys/kernel/profiling', '/sys/fs/cgroup/x'):
    denied(lambda: open(name, 'w').write('1'))
answer()
