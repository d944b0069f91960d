# Ends: completed
# Says: the log is cut
from hostile import *

for _ in range(80):
    sys.stdout.write('x' * 1_000_000)
    sys.stderr.write('y' * 100_000)
answer()
