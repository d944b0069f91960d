"""Limits, next steps and reasons are read in the languages of public take-homes; words alone gain nothing in any."""

from __future__ import annotations

import pytest
from rubric_evidence import notebook, verdict, work

from rubrics.languages import LIMITS, MODELS, REASONS

LIMITS_WRITTEN, JUSTIFIED = "evaluation.limits_written", "model_choice.choice_justified"
CODE = (
    "import pandas as pd\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.metrics import *\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.linear_model import LogisticRegression\n"
    "datos = pd.read_csv('data/train.csv')\nprint(datos['tenure'].max(), datos['monthly_fee'].mean())\n"
    "X, y = datos.drop(columns='churn'), datos['churn']\na, b, c, d = train_test_split(X, y, random_state=0)\n"
    "modelo = RandomForestClassifier().fit(a, c)\nrecta = LogisticRegression().fit(a, c)\n"
    "print(roc_auc_score(d, modelo.predict(b)), roc_auc_score(d, recta.predict(b)))\n"
)
# A limit and a next step, as READMEs of public take-homes have them, each about something of this very work.
SAID = {
    "Spanish": "Una limitación es que no hay clientes con tenure mayor de 72 meses.\n\n"
    "Con más tiempo probaría otras transformaciones de monthly_fee antes del modelo.\n",
    "Portuguese": "O modelo não generaliza para clientes com tenure acima de 72 meses.\n\n"
    "Como próximos passos, eu criaria faixas da variável monthly_fee por contrato.\n",
    "French": "Une des limites du travail : aucun client n'a un tenure de plus de 72 mois.\n\n"
    "Avec plus de temps, nous pourrions regrouper monthly_fee par type de contrat.\n",
    "German": "Kunden mit einer tenure über 72 Monaten sind nicht abgedeckt.\n\n"
    "Als nächste Schritte würde ich monthly_fee je Vertragsart in Klassen einteilen.\n",
    "Italian": "Il modello ha un limite: nessun cliente ha una tenure oltre i 72 mesi.\n\n"
    "Tra gli sviluppi futuri, si potrebbe dividere monthly_fee per tipo di contratto.\n",
    "Russian": "Ограничение: в данных нет клиентов, у которых tenure больше 72 месяцев.\n\n"
    "В дальнейшем можно было бы разбить monthly_fee по типу договора клиента.\n",
    "Chinese": "模型的局限在于数据中没有tenure超过72个月的客户。\n\n"
    "下一步可以按照合同类型对monthly_fee进行分箱处理。\n",
}
UNDER_A_HEADING = {
    "Spanish": "## Próximos pasos\n\nProbar otros cortes de la columna tenure para cada contrato.\n",
    "Portuguese": "## Melhorias futuras\n\nCriar mais faixas da coluna tenure para cada contrato.\n",
    "French": "## Prochaines étapes\n\nRegrouper les clients selon tenure et type de contrat.\n",
    "German": "## Ausblick\n\nDie Spalte tenure in Klassen einteilen und je Vertragsart prüfen.\n",
    "Italian": "## Sviluppi futuri\n\nDividere la colonna tenure in fasce per ogni tipo di contratto.\n",
    "Russian": "## Дальнейшие шаги\n\nРазбить признак tenure на группы по каждому типу договора.\n",
    "Chinese": "## 不足与改进\n\n对tenure字段按照合同类型进行分箱，再重新训练一次。\n",
}
BECAUSE = {
    "Spanish": "Elegimos el bosque aleatorio porque obtuvo un ROC AUC más alto en test.\n",
    "Portuguese": "Escolhi a floresta aleatória, pois teve o maior ROC AUC nos dados de teste.\n",
    "French": "Nous avons retenu la forêt aléatoire, dont le ROC AUC est plus élevé sur le test.\n",
    "German": "Wir haben den Random Forest gewählt, weil sein ROC AUC auf dem Test höher ist.\n",
    "Italian": "È stata scelta la foresta casuale perché il suo ROC AUC sul test è più alto.\n",
    "Russian": "Мы выбрали случайный лес, так как его ROC AUC на тестовой выборке выше.\n",
    "Chinese": "最终选择随机森林，因为它在测试集上的ROC AUC高于逻辑回归。\n",
}
EMPTY = {
    "Spanish": "Este enfoque tiene algunas limitaciones y el modelo se podría mejorar con más datos.\n",
    "Portuguese": "Este trabalho tem algumas limitações e o modelo poderia ser melhorado com mais dados.\n",
    "French": "Ce travail a quelques limites et le modèle pourrait être amélioré avec plus de données.\n",
    "German": "Dieser Ansatz hat Grenzen, und das Modell könnte man mit mehr Daten verbessern.\n",
    "Italian": "Questo lavoro ha alcuni limiti e il modello si potrebbe migliorare con più dati.\n",
    "Russian": "У этого подхода есть ограничения, и модель можно улучшить, если собрать больше данных.\n",
    "Chinese": "该方法存在一定的局限，如果有更多数据，模型的结果可以进一步改进。\n",
}
HEADINGS = {
    "Spanish": "## Limitaciones\n\n## Próximos pasos con tenure\n\n## Por qué elegimos el bosque aleatorio\n",
    "Portuguese": "## Limitações\n\n## Próximos passos com tenure\n\n## Por que escolhi a floresta aleatória\n",
    "French": "## Limites\n\n## Prochaines étapes pour tenure\n\n## Pourquoi la forêt aléatoire est la meilleure\n",
    "German": "## Grenzen\n\n## Nächste Schritte mit tenure\n\n## Warum der Random Forest gewählt wurde\n",
    "Italian": "## Limiti\n\n## Prossimi passi con tenure\n\n## Perché è stata scelta la foresta casuale\n",
    "Russian": "## Ограничения\n\n## Дальнейшие шаги с tenure\n\n## Почему выбран именно случайный лес\n",
    "Chinese": "## 局限\n\n## 关于tenure字段的下一步改进计划\n\n## 为什么最终选择随机森林作为最好的模型\n",
}


def judged(name: str, text: str) -> str:
    return verdict(name, work({"train.py": CODE, "README.md": text}))


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_limits_and_next_steps_are_read(text: str) -> None:
    assert judged(LIMITS_WRITTEN, text) == "met"
    assert verdict(LIMITS_WRITTEN, work({"a.ipynb": notebook(CODE, f"# %% md\n{text}")})) == "met"


@pytest.mark.parametrize("text", UNDER_A_HEADING.values(), ids=UNDER_A_HEADING)
def test_a_sentence_under_such_a_heading_is_one(text: str) -> None:
    assert judged(LIMITS_WRITTEN, text) == "partly"


@pytest.mark.parametrize("text", BECAUSE.values(), ids=BECAUSE)
def test_a_reason_for_a_model_is_read(text: str) -> None:
    assert judged(JUSTIFIED, "") == "partly"
    assert judged(JUSTIFIED, text) == "met"


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_a_sentence_that_would_fit_any_work_gains_nothing(text: str) -> None:
    assert judged(LIMITS_WRITTEN, text * 3) == "not_met"


@pytest.mark.parametrize("text", HEADINGS.values(), ids=HEADINGS)
def test_bare_headings_gain_nothing(text: str) -> None:
    assert judged(LIMITS_WRITTEN, text * 3) == "not_met"
    assert judged(JUSTIFIED, text * 3) == "partly"


@pytest.mark.parametrize("language", [name for name in LIMITS if name != "English"])
def test_lists_of_the_words_gain_nothing(language: str) -> None:
    listed = " ".join((LIMITS[language] + "|" + REASONS[language]).replace("\\w*", "").split("|"))
    assert judged(LIMITS_WRITTEN, f"- {listed}\n" * 5) == "not_met"
    assert judged(JUSTIFIED, f"- {listed}\n" * 5) == "partly"


@pytest.mark.parametrize(
    "text",
    [
        "The random forest predicts the car price from tenure and monthly_fee, see train.py.\n",
        "From several perspectives tenure and monthly_fee describe how a client behaves.\n",
        "Die Daten enthalten tenure und monthly_fee je Kunde, siehe die Datei train.py.\n",
        "Los datos tienen tenure y monthly_fee de cada cliente, ver el archivo train.py.\n",
        "数据包含每个客户的tenure和monthly_fee两个字段，详见train.py文件。\n",
    ],
)
def test_a_sentence_that_only_names_something_is_no_limit_and_no_reason(text: str) -> None:
    assert judged(LIMITS_WRITTEN, text) == "not_met"
    assert judged(JUSTIFIED, text) == "partly"


def test_a_model_that_the_work_does_not_have_is_no_reason() -> None:
    assert judged(JUSTIFIED, "最终选择支持向量机，因为它在测试集上的表现最好。\n") == "partly"


def test_every_language_has_its_words() -> None:
    assert list(LIMITS) == list(REASONS)
    assert all("|" in pattern for pattern in (*LIMITS.values(), *REASONS.values(), *MODELS.values()))
