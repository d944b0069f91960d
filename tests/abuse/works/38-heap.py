# Ends: limit.memory
from hostile import *

hoard = []
while True:
    hoard.append(b'x' * 20_000_000)
