# Ends: completed
# Says: as of the work's date
# Asks: alpha
from hostile import *

import alpha

answer()
