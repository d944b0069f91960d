"""What code quality says of all that comes with the code: README, dependencies, secrets, paths, junk and history."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, notebook, plan, work

from grader.model import History, HistoryStep

case = cases_of("code_quality")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
IMPORTS = "import os\nimport pandas as pd\nfrom sklearn.svm import SVC\nimport features\n"
OWN = {"features.py": "x = 1\n"}
LISTED = "Install what requirements.txt lists, then start train.py.\n"
README = "# Churn\n\npip install -r requirements.txt\npython train.py\n"
PACKETS = README.replace("requirements.txt", "packages.txt")
PACKET = (".gitignore", "check_submission.py", "packages.txt")
LIST = {"requirements.txt": "pandas==2.2.2\n"}
SCRIPT = {"train.py": LOAD, "README.md": README, **LIST}
NOTHING = {"notes.txt": "nothing to see", "more.txt": ""}

SERVED = "from flask import Flask\napp = Flask('x')\n@app.route('/')\ndef read():\n    return '1'\n"
CLI = "import pandas as pd\n\n\ndef main():\n    return pd.read_csv('data/train.csv')\n"
PACKAGED = {
    "src/churn/cli.py": CLI, "src/churn/__init__.py": "",
    "pyproject.toml": '[project]\nname = "churn"\ndependencies = ["pandas==2.2.0"]\n\n[project.scripts]\n'
    'churn = "churn.cli:main"\n',
}  # fmt: skip


def history(*added: int | None, complete: bool = True) -> History:
    steps = tuple(HistoryStep(time="2024-03-01T10:00:00+00:00", author=1, added=lines) for lines in added)
    return History(commits=len(steps), authors=1, days=0, complete=complete, steps=steps)


CASES = [
    case("how_to_run_documented", "met", "it says how to install and what to run", SCRIPT, plan=plan("train.py")),
    case("how_to_run_documented", "met", "nothing needs installing",
         {"train.py": "print(1)\n", "README": "python train.py"}),
    case("how_to_run_documented", "met", "it starts a module that is served",
         {"api/main.py": LOAD, "README.md": "pip install -r requirements.txt\nuvicorn api.main:app\n", **LIST}),
    case("how_to_run_documented", "partly", "it installs from a list that is not there",
         {"train.py": LOAD, "README.md": README}),
    case("how_to_run_documented", "met", "its list and its check came with the assignment",
         {"train.py": LOAD, "README.md": PACKETS + "python check_submission.py predictions.csv\n"}, handed_out=PACKET),
    case("how_to_run_documented", "partly", "it names a check that did not come with the assignment",
         {"train.py": LOAD, "README.md": PACKETS + "python check_all.py\n"}, handed_out=PACKET),
    case("dependencies_pinned", "met", "its README installs the list that came with the assignment",
         {"train.py": LOAD, "README.md": PACKETS}, handed_out=PACKET),
    case("dependencies_pinned", "not_met", "a list came with the assignment, and nothing installs it",
         {"train.py": LOAD, "README.md": "python train.py\n"}, handed_out=PACKET),
    case("dependencies_pinned", "not_met", "its README installs a list of that name, and none came",
         {"train.py": LOAD, "README.md": PACKETS}),
    case("how_to_run_documented", "met", "it installs from a list in a folder",
         {"train.py": LOAD, "README.md": README.replace("-r ", "-r ./env/"), "env/requirements.txt": "pandas\n"}),
    case("how_to_run_documented", "met", "it names what to install beside a list that is not there",
         {"train.py": LOAD, "README.md": README.replace("-r ", "pandas -r ")}),
    case("how_to_run_documented", "met", "it installs in another way too",
         {"train.py": LOAD, "README.md": README + "Or `pip install pandas`.\n"}),
    case("how_to_run_documented", "met", "it starts an image that is there",
         {"train.py": LOAD, "Dockerfile": "FROM x\n", "README.md": "docker compose up --build\n"}),
    case("how_to_run_documented", "not_met", "it starts an image that is not there",
         {"train.py": LOAD, "README.md": "docker compose up\n"}),
    case("how_to_run_documented", "partly", "it names another file",
         {**SCRIPT, "predict.py": ""}, plan=plan("predict.py")),
    case("how_to_run_documented", "partly", "nothing on installing", {**SCRIPT, "README.md": "Start train.py."}),
    case("how_to_run_documented", "partly", "its command is for a file that is gone",
         {**SCRIPT, "README.md": README + "python prepare_data.py\n"}),
    case("how_to_run_documented", "met", "Flask's own command, told the module before",
         {"serve.py": SERVED, "README.md": "pip install flask\nexport FLASK_APP=serve\nflask run\n"}),
    case("how_to_run_documented", "met", "Flask's own command with the module",
         {"serve.py": SERVED, "README.md": "pip install flask\nflask --app serve run --port 80\n"}),
    case("how_to_run_documented", "met", "Flask's own command for the usual module",
         {"app.py": SERVED, "README.md": "pip install flask\nflask run\n"}),
    case("how_to_run_documented", "partly", "Flask's own command, and no module that it would find",
         {"serve.py": SERVED, "README.md": "pip install flask\nflask run\n"}),
    case("how_to_run_documented", "met", "a script that installs and starts",
         {**SCRIPT, "run.sh": "pip install pandas\npython train.py\n", "README.md": "Run `./run.sh`.\n"}),
    case("how_to_run_documented", "not_met", "a script that does something else",
         {**SCRIPT, "get.sh": "curl https://example.org\n", "README.md": "Run `sh get.sh`.\n"}),
    case("how_to_run_documented", "partly", "it lists files, and says nothing of installing",
         {**SCRIPT, "README.md": "- `train.py` - training\n- `requirements.txt` - the dependencies\n"}),
    case("how_to_run_documented", "met", "it says what to install in a sentence",
         {**SCRIPT, "README.md": LISTED, "requirements.txt": "pandas\n"}),
    case("how_to_run_documented", "partly", "it wishes for a list of what to install, and there is none",
         {"train.py": LOAD,
          "README.md": "python train.py\n\nWith more time: create a `requirements.txt` for the user.\n"}),
    case("how_to_run_documented", "partly", "the list that it speaks of is not there",
         {"train.py": LOAD, "README.md": LISTED}),
    case("how_to_run_documented", "partly", "what it names only defines functions, and the program is another",
         {**SCRIPT, "models.py": "def fit():\n    return 1\n", "README.md": "pip install pandas\npython models.py\n"}),
    case("how_to_run_documented", "partly", "its name in other letters is another file",
         {"app.py": LOAD, "models.py": "def fit():\n    return 1\n",
          **LIST,
          "README.md": "pip install -r requirements.txt\npython models.py\nstreamlit run App.py\n"}),
    case("how_to_run_documented", "met", "Kedro's command and its registry",
         {"src/p/pipeline_registry.py": "def register_pipelines():\n    return {}\n", "train.py": LOAD,
          "README.md": "pip install kedro\nkedro run\n"}),
    case("how_to_run_documented", "partly", "Kedro's command and no project of it",
         {"train.py": LOAD, "README.md": "pip install kedro\nkedro run\n"}),
    case("how_to_run_documented", "met", "a path as Windows writes it",
         {"src/train.py": LOAD, "README.md": "pip install pandas\npython src\\train.py\n"}),
    case("how_to_run_documented", "partly", "such a path of a file that is gone",
         {**SCRIPT, "README.md": README + "python src\\prepare.py\n"}),
    case("how_to_run_documented", "met", "the work's own command, by uv",
         {**PACKAGED, "README.md": "Start it by `uv run churn fit --data data.csv`.\n"}),
    case("how_to_run_documented", "met", "the work's own command in a block",
         {**PACKAGED, "README.md": "```\npip install -e .\nchurn fit\n```\n"}),
    case("how_to_run_documented", "met", "the same of a setup.py",
         {"churn/cli.py": CLI, "README.md": "```\npip install -e .\nchurn fit\n```\n",
          "setup.py": "setup(entry_points={'console_scripts': [\n    'churn=churn.cli:main',\n]})\n"}),
    case("how_to_run_documented", "partly", "a sentence that begins with the command's name",
         {**PACKAGED, "README.md": "pip install -e .\n\nchurn fit to print\n"}),
    case("how_to_run_documented", "partly", "a command that the packaging does not know",
         {**PACKAGED, "README.md": "```\npip install -e .\nother fit\n```\n"}),
    case("how_to_run_documented", "partly", "a command of a module that is not there",
         {**PACKAGED, "pyproject.toml": PACKAGED["pyproject.toml"].replace("churn.cli", "gone.cli"),
          "README.md": "```\npip install -e .\nchurn fit\n```\n"}),
    case("how_to_run_documented", "not_met", "an empty README", {**SCRIPT, "README.md": " \n"}),
    case("how_to_run_documented", "not_met", "it tells of the data only",
         {**SCRIPT, "README.md": "Customers leave. " * 60}),
    case("how_to_run_documented", "not_met", "no README", {"train.py": LOAD, "data.csv": "a,b\n"}),
    case("how_to_run_documented", "not_applicable", "a lone file", LOAD),
    case("dependencies_pinned", "met", "each with its version",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\nscikit_learn==1.5.0 # svm\n"}),
    case("dependencies_pinned", "met", "a lock file",
         {"train.py": LOAD, "pyproject.toml": '[project]\ndependencies = ["pandas"]\n',
          "uv.lock": '[[package]]\nname = "pandas"\nversion = "2.2.0"\n'}),
    case("dependencies_pinned", "met", "a conda environment",
         {"train.py": LOAD, "environment.yml": "name: x\ndependencies:\n  - pandas=2.2.0\n"}),
    case("dependencies_pinned", "met", "a group of pyproject.toml, and a package built in another way",
         {"train.py": "import pandas\nimport cv2\n", "pyproject.toml":
          '[dependency-groups]\ntrain = ["pandas==2.2.0", "opencv-python-headless==4.1", {include-group = "x"}]\n'}),
    case("dependencies_pinned", "met", "packages whose distributions have other names",
         {"train.py": "import decouple, serial, git, slugify, magic, talib, azure.storage.blob, jose, zmq\n",
          "requirements.txt": "python-decouple==3.8\npyserial==3.5\nGitPython==3.1\npython-slugify==8.0\n"
          "python-magic==0.4\nTA-Lib==0.4\nazure-storage-blob==12.1\npython-jose[cryptography]==3.3\npyzmq==26.0\n"}),
    case("dependencies_pinned", "met", "a distribution whose name has a number behind it",
         {"train.py": LOAD + "from Orange.evaluation import compute_CD\n",
          "requirements.txt": "pandas==2.2.0\nOrange3==3.25.0\n"}),
    case("dependencies_pinned", "partly", "a number behind the name that makes it another package",
         {"train.py": LOAD + "import boto\n", "requirements.txt": "pandas==2.2.0\nboto3==1.34.0\n"}),
    case("dependencies_pinned", "met", "others, of services and of flows",
         {"train.py": "import airflow\nimport gap_statistic\nfrom rest_framework.views import APIView\n",
          "requirements.txt": "apache-airflow==2.9.1\ngap-stat==2.0.3\ndjangorestframework==3.11.0\n"}),
    case("dependencies_pinned", "partly", "another package whose name ends alike",
         {"train.py": LOAD + "import decouple\n", "requirements.txt": "pandas==2.2.0\nmy-decouple==3.8\n"}),
    case("dependencies_pinned", "partly", "without versions",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas\nscikit-learn>=1\n"}),
    case("dependencies_pinned", "partly", "one is missing",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\n"}),
    case("dependencies_pinned", "not_met", "no file", {"train.py": IMPORTS, **OWN}),
    case("dependencies_pinned", "not_met", "versions in a comment", {"train.py": "# pandas==2.2.0\n" + LOAD, **OWN}),
    case("dependencies_pinned", "not_applicable", "Python alone", "import os\nprint(os.name)\n"),
    case("dependencies_pinned", "not_met", "a lone notebook", {"a.ipynb": notebook(LOAD)}),
    case("dependencies_pinned", "met", "a notebook that installs what it needs",
         {"a.ipynb": notebook("%pip install -q 'pandas==2.2.0'", LOAD)}),
    case("dependencies_pinned", "met", "by the only line of a cell",
         {"a.ipynb": notebook("pip install pandas==2.2.0", LOAD)}),
    case("dependencies_pinned", "not_met", "a line that installs nothing, for it is in a text",
         {"a.ipynb": notebook("'pip install pandas==2.2.0'", LOAD)}),
    case("no_absolute_paths", "met", "relative", LOAD),
    case("no_absolute_paths", "met", "an absolute path in a comment only", LOAD + "# pd.read_csv('/home/me/a.csv')\n"),
    case("no_absolute_paths", "met", "a folder that every machine has", LOAD + "frame.to_csv('/tmp/cache.csv')\n"),
    case("no_absolute_paths", "not_met", "a home folder", "import pandas as pd\npd.read_csv('/home/me/data.csv')\n"),
    case("no_absolute_paths", "not_met", "Colab, in a notebook",
         {"a.ipynb": notebook("import pandas as pd\ndf = pd.read_csv(\"/content/drive/MyDrive/train.csv\")")}),
    case("no_absolute_paths", "not_met", "Windows", "import pandas as pd\npd.read_csv(r'C:\\Users\\me\\a.csv')\n"),
    case("no_absolute_paths", "not_applicable", "no file is touched", "print(1)\n"),
    case("nothing_stray", "met", "files of the work", SCRIPT),
    case("nothing_stray", "not_met", "an editor's settings", {**SCRIPT, ".vscode/settings.json": "{}"}),
    case("nothing_stray", "not_met", "a Mac's files in the archive", SCRIPT, left_out=("data/.DS_Store",)),
    case("nothing_stray", "not_applicable", "a lone file", LOAD),
    case("nothing_stray", "not_applicable", "what looking at it may have made", SCRIPT, lying_about=(".DS_Store",)),
    case("nothing_stray", "not_met", "an editor's settings beside it", {**SCRIPT, ".idea/misc.xml": "x"},
         lying_about=(".DS_Store",)),
    case("no_secrets", "not_met", "a key", "API_KEY = 'sk1234567890abcdef'\n"),
    case("no_secrets", "not_met", "a key file", {**SCRIPT, "kaggle.json": "{}"}),
    case("no_secrets", "not_applicable", "none", LOAD + "token = ''\n"),
    case("committed_in_steps", "met", "eight commits", SCRIPT, history=History(commits=8, authors=1, days=2)),
    case("committed_in_steps", "partly", "two", SCRIPT, history=History(commits=2, authors=1, days=0)),
    case("committed_in_steps", "not_met", "one", SCRIPT, history=History(commits=1, authors=1, days=0)),
    case("committed_in_steps", "not_applicable", "no history", SCRIPT),
    case("committed_in_steps", "met", "six of like size", SCRIPT, history=history(30, 20, 25, 10, 30, 20)),
    case("committed_in_steps", "partly", "a dump with small mends", SCRIPT, history=history(2, 900, 3, 1, 4, 2)),
    case("committed_in_steps", "not_applicable", "a shallow copy", SCRIPT, history=history(None, 5, complete=False)),
    case("committed_in_steps", "met", "more than a shallow copy shows", SCRIPT,
         history=history(None, 5, 5, 5, 5, 5, complete=False)),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


@pytest.mark.parametrize("name", ["how_to_run_documented", "dependencies_pinned", "no_absolute_paths", "no_secrets"])
def test_without_code_there_is_nothing_to_say(name: str) -> None:
    assert finding(f"code_quality.{name}", work(NOTHING)).verdict == "not_applicable"


def test_a_secret_is_not_repeated_in_the_report() -> None:
    found = finding("code_quality.no_secrets", work("API_KEY = 'sk1234567890abcdef'\n"))
    assert found.verdict == "not_met"
    assert "sk1234567890abcdef" not in found.model_dump_json()


def test_every_undeclared_package_is_named_where_it_is_imported() -> None:
    files = {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\n"}
    found = finding("code_quality.dependencies_pinned", work(files))
    assert "sklearn" in found.reason
    assert found.evidence[0].line == 3


def test_the_file_that_a_readme_starts_in_vain_is_named() -> None:
    found = finding("code_quality.how_to_run_documented", work({**SCRIPT, "README.md": README + "python gone.py\n"}))
    assert "gone.py" in found.reason


def test_the_lines_of_a_readme_that_install_and_run_are_pointed_at() -> None:
    files = {**SCRIPT, "notes/README.md": "", "README.md": "# Churn\n\nSee train.py.\n\n" + README}
    found = finding("code_quality.how_to_run_documented", work(files))
    assert [(span.path, span.line, span.text) for span in found.evidence] == [
        ("README.md", 7, "pip install -r requirements.txt"),
        ("README.md", 8, "python train.py"),
    ]


def test_the_lines_that_declare_without_a_version_are_pointed_at() -> None:
    files = {"train.py": IMPORTS, **OWN, "requirements.txt": "# pandas\nnumpy==2.0.0\nscikit-learn\npandas==2.2.0\n"}
    found = finding("code_quality.dependencies_pinned", work(files))
    assert (found.verdict, [(span.path, span.line) for span in found.evidence]) == ("partly", [("requirements.txt", 3)])


def test_of_two_files_that_which_fixes_a_version_is_pointed_at() -> None:
    conda = "name: x\ndependencies:\n- pandas>=2.1.0\n- numpy>=1.0\n- scikit-learn>=1.3.0\n"
    pinned = "numpy==2.0.0\npandas[excel]==2.2.0\nscikit-learn~=1.5\n"
    files = {"train.py": IMPORTS, "conda_environment.yml": conda, "requirements.txt": pinned}
    found = finding("code_quality.dependencies_pinned", work(files))
    assert (found.verdict, {span.path for span in found.evidence}) == ("met", {"requirements.txt"})


def test_what_a_lock_file_fixes_is_pointed_at_there() -> None:
    lock = (
        '[[package]]\nname = "sktime"\ndependencies = ["pandas"]\n\n[[package]]\nname = "pandas"\nversion = "2.2.0"\n'
    )
    pyproject = '[project]\ndependencies = ["pandas"]\n'
    found = finding(
        "code_quality.dependencies_pinned", work({"a.py": LOAD, "pyproject.toml": pyproject, "uv.lock": lock})
    )
    assert (found.verdict, [(span.path, span.line) for span in found.evidence]) == ("met", [("uv.lock", 6)])
