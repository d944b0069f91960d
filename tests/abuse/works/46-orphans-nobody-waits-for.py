# Ends: completed
from hostile import *

for _ in range(100):  # more in all than may live at once
    subprocess.run(['/bin/sh', '-c', 'true &'], check=True)
answer()
