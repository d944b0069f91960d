# Ends: completed
from hostile import *

secret = TERCES[::-1].encode()  # the work's own copy must not be what is found
for name in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        if secret in open(name, 'rb').read():
            escaped(name)
    except OSError:
        pass
answer()
