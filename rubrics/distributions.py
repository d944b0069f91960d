"""Which distribution brings an imported package, where their names differ."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Import name -> distributions that may bring it, the usual one first.
_DISTRIBUTIONS = {
    "Bio": "biopython",
    "Crypto": "pycryptodome pycrypto",
    "IPython": "ipython",
    "Levenshtein": "levenshtein python-levenshtein",
    "MeCab": "mecab-python3 mecab",
    "MySQLdb": "mysqlclient",
    "OpenGL": "pyopengl",
    "OpenSSL": "pyopenssl",
    "Orange": "orange3",
    "PIL": "pillow pillow-simd",
    "absl": "absl-py",
    "airflow": "apache-airflow",
    "attr": "attrs",
    "botocore": "botocore boto3",
    "box": "python-box",
    "bs4": "beautifulsoup4 bs4",
    "bson": "pymongo bson",
    "cairo": "pycairo",
    "clip": "openai-clip clip",
    "community": "python-louvain",
    "corsheaders": "django-cors-headers",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "debug_toolbar": "django-debug-toolbar",
    "decouple": "python-decouple",
    "delta": "delta-spark",
    "discord": "discord-py",
    "django_filters": "django-filter",
    "docx": "python-docx docx",
    "dotenv": "python-dotenv",
    "ee": "earthengine-api",
    "environ": "django-environ environ-config",
    "faiss": "faiss-cpu",
    "fbprophet": "fbprophet prophet",
    "fitz": "pymupdf",
    "gap_statistic": "gap-stat gap-statistic",
    "gi": "pygobject",
    "git": "gitpython",
    "github": "pygithub",
    "google": "google-colab",
    "googleapiclient": "google-api-python-client",
    "gridfs": "pymongo",
    "hydra": "hydra-core",
    "igraph": "igraph python-igraph",
    "imblearn": "imbalanced-learn imblearn",
    "interpret": "interpret interpret-core",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "kafka": "kafka-python kafka-python-ng",
    "keras": "keras tensorflow",
    "kerastuner": "keras-tuner",
    "llama_cpp": "llama-cpp-python",
    "magic": "python-magic filemagic",
    "mlflow": "mlflow mlflow-skinny",
    "mpl_toolkits": "matplotlib",
    "multipart": "python-multipart multipart",
    "mysql": "mysql-connector-python mysql-connector",
    "nacl": "pynacl",
    "newspaper": "newspaper3k newspaper4k",
    "odf": "odfpy",
    "osgeo": "gdal",
    "ot": "pot",
    "paddle": "paddlepaddle",
    "pandas_profiling": "pandas-profiling ydata-profiling",
    "pdfminer": "pdfminer-six pdfminer",
    "pinecone": "pinecone pinecone-client",
    "pkg_resources": "setuptools",
    "plotly_express": "plotly-express plotly",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "pythoncom": "pywin32",
    "pythonjsonlogger": "python-json-logger",
    "pywt": "pywavelets",
    "rdkit": "rdkit rdkit-pypi",
    "rest_framework": "djangorestframework",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "ruamel": "ruamel-yaml",
    "scikitplot": "scikit-plot",
    "serial": "pyserial",
    "shapefile": "pyshp",
    "skbio": "scikit-bio",
    "skfuzzy": "scikit-fuzzy",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn sklearn",
    "sklearnex": "scikit-learn-intelex",
    "skmultilearn": "scikit-multilearn",
    "skopt": "scikit-optimize",
    "sksurv": "scikit-survival",
    "skvideo": "scikit-video",
    "slugify": "python-slugify unicode-slugify",
    "speech_recognition": "speechrecognition",
    "spellchecker": "pyspellchecker",
    "storages": "django-storages",
    "surprise": "scikit-surprise surprise",
    "tables": "tables pytables",
    "talib": "ta-lib",
    "telegram": "python-telegram-bot",
    "tensorflow": "tensorflow tensorflow-macos tensorflow-intel",
    "tlz": "toolz",
    "torch": "torch pytorch",
    "torch_geometric": "torch-geometric pyg",
    "umap": "umap-learn",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "whisper": "openai-whisper",
    "win32api": "pywin32",
    "win32com": "pywin32",
    "wx": "wxpython",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# Imported by a name under which several distributions put their parts: `azure.storage.blob`.
_SHARED = frozenset(("autogluon", "azure", "langchain", "llama_index", "opentelemetry", "snowflake"))
_VARIANTS = ("-headless", "-binary", "-cpu", "-gpu", "-contrib-python")  # the same package, built in another way


def declared_as(package: str, listed: Iterable[str]) -> str | None:
    """Return the distribution among `listed` that brings `package`, None where there is none.

    A name that is not known may have what many have before or behind it: `python-decouple`, `pyserial`.
    """
    own, names = normalised(package), [normalised(name) for name in listed]
    known = _DISTRIBUTIONS.get(package, "").split()
    bases = [own, *known, *(name.removesuffix(variant) for name in known for variant in _VARIANTS)]
    bases += [] if known else [f"python-{own}", f"py-{own}", f"py{own}", f"{own}-python", f"{own}-py", f"{own}py"]
    wanted = {base + variant for base in bases for variant in ("", *_VARIANTS)}
    shared = f"{own}-" if package in _SHARED else None
    return next((name for name in names if name in wanted or (shared and name.startswith(shared))), None)


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
