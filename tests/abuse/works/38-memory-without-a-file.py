# Ends: limit.memory
from hostile import *

while True:
    memory = os.memfd_create('x')
    for _ in range(50):
        os.write(memory, b'x' * 1_000_000)
