# Ends: environment.forbidden
# Says: file:
# Asks: file:{host_file}
from hostile import *

escaped('it should never run')
