# Ends: completed
from hostile import *

for number in os.listdir('/proc/self/fd'):
    if int(number) > 2 and os.path.exists(f'/proc/self/fd/{number}'):
        escaped(os.readlink(f'/proc/self/fd/{number}'))
answer()
