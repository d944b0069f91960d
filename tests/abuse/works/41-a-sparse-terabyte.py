# Ends: run.failed, output.too_large
# Says: large
from hostile import *

open('predictions.csv', 'wb').truncate(1 << 40)
