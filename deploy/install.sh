#!/bin/sh
# Makes /opt/takehome-grader and the locked environment while the image is built: wheels only, each with its hash; from
# deploy/wheels where there are any.
set -eu
umask 022
cd /context
if [ -s deploy/ca-bundle.crt ]; then
  export SSL_CERT_FILE=/context/deploy/ca-bundle.crt
fi
export UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_LINK_MODE=copy
offline= wheels=
if ls deploy/wheels/*.whl >/dev/null 2>&1; then
  offline="--no-index --find-links deploy/wheels"
  wheels="--wheels deploy/wheels"
  python3 -m venv /tools
  /tools/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $offline uv
  uv=/tools/bin/uv
else
  uv=$(PYTHONPATH=tools python3 -c 'import bootstrap; print(bootstrap.find_uv())' | tail -n 1)
fi

"$uv" export --frozen --quiet --no-dev --extra telemetry --no-emit-project --output-file /tmp/service.lock
"$uv" export --frozen --quiet --only-group build --output-file /tmp/build.lock
"$uv" venv --quiet --python python3 /opt/takehome-grader
"$uv" pip install --quiet --python /opt/takehome-grader/bin/python --compile-bytecode \
  --require-hashes --no-deps --only-binary :all: $offline --requirement /tmp/service.lock
"$uv" build --quiet --wheel --python python3 --require-hashes --build-constraints /tmp/build.lock $offline --out-dir /tmp/dist
"$uv" pip install --quiet --python /opt/takehome-grader/bin/python --compile-bytecode --no-deps --no-index /tmp/dist/*.whl

GRADER_HOME=/var/lib/takehome-grader/home /opt/takehome-grader/bin/grader sandbox build $wheels
rm -f /var/lib/takehome-grader/home/environments/*.lock
