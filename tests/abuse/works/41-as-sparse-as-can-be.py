# Ends: output.too_large
from hostile import *

with open('predictions.csv', 'wb') as file:
    size = 1 << 40
    while True:
        try:
            file.truncate(size)
            break
        except OSError:
            size //= 2
