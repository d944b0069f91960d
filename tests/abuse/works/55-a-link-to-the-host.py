# Ends: output.invalid
from hostile import *

os.symlink(HOST_FILE, 'predictions.csv')
