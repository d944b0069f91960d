# Ends: completed
# Says: without versions
# Asks: alpha==0.9
from hostile import *

import alpha

answer()
