# Ends: output.invalid, completed
from hostile import *

answer('good.csv')
os.symlink(HOST_FILE, 'bad.csv')
os.link('good.csv', 'predictions.csv')
if os.fork() == 0:
    os.setsid()
    while True:
        for name in ('bad.csv', 'good.csv'):
            os.link(name, 'next', follow_symlinks=False)
            os.rename('next', 'predictions.csv')
            if os.path.exists('next'):
                os.unlink('next')
time.sleep(1)
