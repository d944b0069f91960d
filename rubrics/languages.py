"""The words by which prose names limits, next steps, reasons and models, in the languages of public take-homes.

One line a language. A word that means something else in another language is left out ("car", which is French for
because), and Chinese, which has no blanks between words, comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# "Gaps were limited to two columns" counts them.
_FEW = r"(only |just )?(\d+|one|two|three|four|five|a few|some) (of the )?(columns?|features?|variables?|rows?|cells?)"
LIMITS = {
    "English": rf"(?<!not )(?<!n['\u2019]t )limited(?! to {_FEW})|"
    r"limit(s|ation|ations)?|caveats?|weakness(es)?|drawbacks?|shortcomings?"
    r"|(I|we) (have )?assumed?|(my|our|main|key|strong|simplifying) assumptions?|assumptions? that"
    r"|if (more time|(I|we) (had|have|were))|had (more|the) time|to-?do|next(?=:)|not done"
    r"|(do(es)?|will|would) ?(not|n['\u2019]t) (yet )?(work (for|on|where|when)|hold|cover|capture|reflect)"
    r"|(could|should)(['\u2019]ve| have) (also )?(been )?(used|tried|considered|added|tuned|tested|checked|avoided"
    r"|improved|explored|compared|done|included)|would(['\u2019]ve| have) (been better|used|tried|done|liked)"
    r"|can (also )?be (tried|explored)|could (also )?be (tried|explored|tested)"
    r"|(can ?not|can['\u2019]t) be (trusted|relied|applied|judged)"
    r"|(is|are|was|were) not (in|part of) the (training )?data"
    r"|(is|are|was|were)( not|n['\u2019]t) available|too (short|rare|few|small|little) to"
    r"|biased?|unreliable|not (represent|generali[sz])\w*|next steps?|future work|with more (time|data)"
    r"|would (also )?(try|add|collect|use|like|be worth\w*)|worth (trying|adding|testing)|could be (improved|better)"
    r"|(would|will) (be (nice|good|great|interesting) to|(take|need|require) (too )?(much|more|long(er)?))"
    r"|not (yet )?(tested|checked|handled|covered|implemented|considered)"
    r"|only (handles?|covers?|supports?|works? (for|on)|(tried|tested|used|compared) (the )?defaults?)"
    r"|(I|we) should (also )?(try|explore|test)"
    r"|no (cross[- ]?validation|(hyper-?)?parameter tuning|tuning)|a more [\w -]{1,30} would|in (the )?future",
    "Spanish": r"limitaci[óo]n(es)?|limitad[oa]s?|l[íi]mites?|supuestos?|suponemos|sesg(o|os|ad[oa]s?)"
    r"|no (generaliza|representa|cubre|contempla|se (ha|han) (probado|comprobado))\w*|pr[óo]ximos pasos"
    r"|siguientes? pasos?|trabajos? futuros?|con m[áa]s (tiempo|datos)|se podr[íi]an?|podr[íi]amos|queda pendiente",
    "Portuguese": r"limita[çc](ão|ao|ões|oes)|limitad[oa]s?|pressupost[oa]s?|assumimos|viés|vieses|enviesad[oa]s?"
    r"|n[ãa]o (generaliza|representa|cobre|foi testad[oa]|foram testad[oa]s)|pr[óo]ximos passos|trabalhos? futuros?"
    r"|com mais (tempo|dados)|poder[íi]a(mos|m)?|gostaria de|melhorias futuras|poss[íi]veis melhorias"
    r"|para melhorar o modelo|deixa(m|ndo)?( \w+){0,3} escapar",
    "French": r"limites?|limit[ée]e?s?|(notre|nos) hypothèses?|nous supposons|on suppose|biais[ée]?e?s?"
    r"|ne (se )?(généralise|"
    r"représente|couvre)\w*|pas (été )?(test|vérifi|couvert|représentati)\w*|prochaines? étapes?|travaux futurs"
    r"|avec (plus|davantage) de (temps|données)|on pourrait|nous pourrions|pourrait être|pourraient être|reste à",
    "German": r"einschränkung(en)?|eingeschränkt|grenzen|begrenzt|annahmen?|nehmen an|verzerr(t|ung|ungen)"
    r"|nicht (getestet|geprüft|abgedeckt|repräsentativ|berücksichtigt|verallgemeiner\w*)|nächster? schritte?|ausblick"
    r"|mit mehr (zeit|daten)|könnten? (man|wir|ich)|(man|wir|ich) könnten?|würden? (ich|wir)|(ich|wir) würden?",
    "Italian": r"limit[ei]|limitazion[ei]|limitat[oaie]|assumiamo|ipotesi|distort[oaie]|non (generalizza|rappresenta"
    r"|copre|è stat[oa])|prossimi passi|(sviluppi|lavori) futuri|con più (tempo|dati)|si potrebbe(ro)?|potremmo|vorrei",
    "Russian": r"огранич\w+|допущени\w+|предполага\w+|смещ[её]н\w*|не (обобща|учитыва|учтен|учтён|проверя|провере"
    r"|покрыва|репрезентативн)\w*|следующ\w+ шаг\w*|дальнейш\w+ (шаг|работ|улучш|развити)\w*|в дальнейшем"
    r"|больше (времени|данных)|можно (было бы|попробовать|улучшить|добавить)|стоит (попробовать|добавить)",
    "Chinese": r"局限|限制|不足|缺点|假设|偏差|未(?:考虑|覆盖|测试|验证)|没有(?:考虑|覆盖|测试|验证)|无法(?:泛化|推广)"
    r"|下一步|后续|未来(?:工作|可以|改进)|今后|更多(?:的)?(?:时间|数据)|可以(?:进一步|尝试|改进)|有待",
}
REASONS = {
    "English": r"because|since|due to|therefore|chose\w*|choose|select\w*|pick\w*|best|outperform\w*|higher|highest"
    r"|lower|lowest|better|beats?|so (?:I|we) (?:use|keep|take)|(?:go|going|went) with",
    "Spanish": r"porque|ya que|debido a|puesto que|dado que|por (eso|ello|lo tanto)|eleg\w+|elij\w+|escog\w+"
    r"|seleccion\w+|mejor(es)?|supera|superó|superan|m[áa]s (alt|baj)[oa]s?",
    "Portuguese": r"pois|já que|devido ao?|uma vez que|por isso|portanto|escolh\w+|selecion\w+|melhor(es)?|superou"
    r"|superaram|mais (alt|baix)[oa]s?",
    "French": r"parce qu\w*|puisqu\w*|grâce à|en raison|donc|choisi\w*|retenu\w*|sélectionn\w+|meilleur\w*|mieux"
    r"|dépass\w+|surpass\w+|plus (élevé|haut|faible|bas)\w*",
    "German": r"weil|deshalb|daher|aufgrund|gewählt|wähl\w+|entschied\w+|beste[nrs]?|besser\w*|übertrifft|höher\w*"
    r"|höchst\w*|niedrig\w*|geringer\w*",
    "Italian": r"perché|poiché|dato che|quindi|scelt[oaie]|scelgo|scegli\w+|selezionat\w+|miglior[ei]?|supera|più (alt"
    r"|bass)[oaie]",
    "Russian": r"потому|поскольку|так как|из-за|поэтому|выбра\w+|выбор\w*|лучш\w+|превосход\w+|превзош\w+|выше|ниже",
    "Chinese": r"因为|由于|因此|所以|选择|选用|最终采用|最好|最优|最佳|更好|优于|高于|低于|最高|最低",
}
# What a class is called elsewhere, without blanks; only what differs from the class's own name.
MODELS = {
    "randomforest": r"bosques?aleatorios?|florestas?aleat[óo]rias?|for[êe]ts?al[ée]atoires?|zufallsw[aä]ld\w*"
    r"|forest[ae]casual[ei]|случайн\w*лес\w*|随机森林",
    "decisiontree": r"[áa]rbol(?:es)?dedecisi[óo]n|[áa]rvores?dedecis[ãa]o|arbres?ded[ée]cision|entscheidungsb[aä]um\w*"
    r"|alber[oi]decisional[ei]|дерев\w*решени\w*|决策树",
    "logisticregression": r"regresi[óo]nlog[íi]stica|regress[ãa]olog[íi]stica|r[ée]gressionlogistique"
    r"|logistischen?regression|regressionelogistica|логистическ\w*регресси\w*|逻辑回归|逻辑斯谛回归",
    "linearregression": r"regresi[óo]nlineal|regress[ãa]olinear|r[ée]gressionlin[ée]aire|lineare[nr]?regression"
    r"|regressionelineare|линейн\w*регресси\w*|线性回归",
    "gradientboosting": r"градиентн\w*бустинг\w*|梯度提升",
    "kneighbors": r"vecinosm[áa]scercanos|vizinhosmaispr[óo]ximos|plusprochesvoisins|n[äa]chstenachbarn"
    r"|ближайш\w*сосед\w*|近邻",
    "svc": r"m[áa]quinas?de(?:vectores|vetores)desoporte|m[áa]quinasdevetoresdesuporte|опорн\w*вектор\w*|支持向量机",
    "mlp": r"red(?:es)?neuronal(?:es)?|redes?neura(?:l|is)|r[ée]seaux?deneurones|neuronale[nrs]?netze?"
    r"|ret[ei]neural[ei]|нейр\w*сет\w*|神经网络",
}
# Variables that nearly every work has, in its author's language: a sentence that names one may be about any work.
COMMON_NAMES = frozenset(
    ("model", "models", "data", "dataset", "train", "training", "test", "testing", "features", "feature",
     "target", "label", "labels", "result", "results", "score", "scores", "value", "values", "prediction",
     "predictions", "predict", "classifier", "regressor", "columns", "column", "index", "frame", "output",
     "input", "accuracy", "metrics", "metric", "pipeline", "random", "search", "params", "performance", "split",
     "validation", "valid", "other", "number", "numbers", "categories", "better", "using", "final", "baseline",
     "sample", "samples", "error", "errors", "precision", "recall", "preprocess", "preprocessing", "parameters",
     "hyperparameters", "tuning", "analysis", "report",
     "datos", "modelo", "modelos", "entrenamiento", "prueba", "resultado", "resultados", "variables", "etiqueta",
     "columna", "columnas", "tabla", "errores", "predicciones", "predicción", "prediccion", "precisión", "precision",
     "dados", "treino", "teste", "coluna", "colunas", "previsões", "previsao", "rótulo", "données", "donnees", "modèle",
     "modele", "modèles", "apprentissage", "résultat", "resultat", "résultats", "resultats", "colonne", "colonnes",
     "prédictions", "daten", "modell", "modelle", "ergebnis", "ergebnisse", "spalte", "spalten", "vorhersage",
     "vorhersagen", "merkmale", "ziel", "dati", "modello", "modelli", "risultato", "risultati", "colonna", "previsioni",
     "данные", "модель", "модели", "результат", "результаты", "признаки", "数据", "模型", "结果", "特征", "标签")
)  # fmt: skip
_CHINESE = re.compile(r"([\u3400-\u9fff]+)")


def words(table: Mapping[str, str]) -> re.Pattern[str]:
    """Return a pattern of the whole words of every language of a table."""
    *spaced, unspaced = table.values()
    return re.compile(rf"(?i)\b(?:{'|'.join(spaced)})\b|{unspaced}")


def is_chinese(name: str) -> bool:
    """Tell whether a name is Chinese, of two characters or more: a single one stands in too many words."""
    return len(name) > 1 and bool(_CHINESE.search(name))


def apart(text: str) -> str:
    """Return `text` with blanks around each run of Chinese, so that names written into it stand alone."""
    return _CHINESE.sub(r" \1 ", text)


def length(text: str) -> int:
    """Return how many words a text has; two Chinese characters count as one."""
    return len(_CHINESE.sub(" ", text).split()) + sum(len(run) for run in _CHINESE.findall(text)) // 2


def names_one(text: str, models: Iterable[str]) -> bool:
    """Tell whether `text` names one of `models` ("randomforest"), as its class is called or as its language says."""
    joined = re.sub(r"[\s-]", "", text.lower())
    return any(name in joined or (name in MODELS and re.search(MODELS[name], joined)) for name in models)
