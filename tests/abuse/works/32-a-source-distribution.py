# Ends: environment.sdist
# Says: only-source (requirements.txt, line 2)
# Asks: alpha
# Asks: only-source
from hostile import *

escaped('it should never run')
