# Ends: output.invalid
from hostile import *

os.symlink('/etc/passwd', 'predictions.csv')
