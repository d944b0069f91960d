# Ends: completed
from hostile import *

for name in ('/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock'):
    if os.path.exists(name):
        escaped(name)
for folder in ('/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/lib'):
    for name in glob.glob(folder + '/*'):
        if os.path.isfile(name) and os.stat(name).st_mode & stat.S_ISUID:
            done = subprocess.run([name, '-c', 'id -u'], stdin=subprocess.DEVNULL, capture_output=True, timeout=5)
            if done.stdout.strip() == b'0':
                escaped(name)
denied(os.setuid, 0)
answer()
