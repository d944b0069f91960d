# Ends: environment.forbidden
# Says: git+
# Asks: evil @ git+{index}/evil.git
from hostile import *

escaped('it should never run')
