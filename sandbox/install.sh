#!/bin/sh
# Makes /env from the lock while the image is built: wheels only, each with its hash; from ./wheels where there are any.
set -eu
cd /context
if [ -s ca-bundle.crt ]; then
  export SSL_CERT_FILE=/context/ca-bundle.crt PIP_CERT=/context/ca-bundle.crt
fi
offline=
if ls wheels/*.whl >/dev/null 2>&1; then
  offline="--no-index --find-links wheels"
fi
python3 -m venv /env
/env/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-compile \
  --require-hashes --no-deps --only-binary :all: $offline --requirement requirements.lock
/env/bin/python -m compileall -q -j 0 /env/lib || true  # packages ship a few files for other Pythons
/env/bin/python -I finish_environment.py
/env/bin/python -m pip uninstall --quiet --yes pip setuptools
