"""What a good answer holds, for a finding that does not say so itself: by criterion where it is always the same, else
by dimension. An interviewer compares; nothing here is shown as the only right answer.
"""

from __future__ import annotations

from grader.plugins import Criterion, Finding

BY_CRITERION = {
    "data_preparation.preprocessing_leakage": "That the step learnt from rows it was later judged on, so the figure is "
    "too good; that it belongs behind the split, best in a pipeline; and a way to measure how much it mattered.",
    "data_preparation.overlap_leakage": "That the same rows, or copies of them, were learnt from and judged on; that "
    "the split comes first and rows are added to the training part only; and what the result is then.",
    "data_preparation.target_leakage": "That the column tells the answer or is made from it; that nobody would have it "
    "when predicting; and how such columns are looked for, as by asking when each becomes known.",
    "data_preparation.temporal_leakage": "That the future was used to predict the past; a split at a point in time, or "
    "forward-chaining folds; and which features would have to be computed anew at each point.",
    "evaluation.multi_test_leakage": "That the best of several tries on one test set is too good by chance; that "
    "choices are made on validation rows or folds; and that the test rows are used once, at the end.",
    "evaluation.scored_on_training_data": "That the figure says how well rows are remembered, not how new ones will "
    "do; what it is on rows held out; and why the two differ as they do for this model.",
}
WHEN_LOST = {
    "data_preparation": "What it does to the result and in which direction, and a mend that treats new rows as the "
    "training rows are treated.",
    "model_choice": "A reason that could be checked: a comparison on the same rows, a limit of time or data; and what "
    "would be tried next and why first.",
    "evaluation": "Which rows and how many the figure rests on, how far it would move on others, and a check that "
    "could show it to be wrong.",
    "code_quality": "One concrete change with its reason, what might break by it, and how that would be noticed.",
    "production_readiness": "What fails first and who would notice, a check or test for it, and what was left out on "
    "purpose for want of time.",
}
WHEN_OPEN = (
    "The way from the data to this result in the candidate's own words, agreeing with the code; and a check that would "
    "settle what the code alone does not."
)
WHEN_DEFENDED = {
    "data_preparation": "What the step assumes about the data, how that was looked at, and a case in which it is "
    "wrong.",
    "model_choice": "The runner-up with its figure, the size of the difference against its spread, and what else "
    "counts.",
    "evaluation": "A weakness of the estimate by name, such as few rows, drift, or choices made on it, and its "
    "direction.",
    "code_quality": "A part and its reason: hard to test, hard to read, or likely to change.",
    "production_readiness": "A quantity to watch, the level at which to act, and what is done then.",
}


def good_answer(item: Criterion, finding: Finding) -> str:
    """Return what a good answer to the question about `finding` would hold, its own advice included."""
    if finding.good_answer:
        return finding.good_answer
    if finding.verdict == "met":
        return WHEN_DEFENDED.get(item.dimension, WHEN_DEFENDED["evaluation"])
    if finding.verdict == "needs_human":
        return WHEN_OPEN
    usual = BY_CRITERION.get(item.id) or WHEN_LOST.get(item.dimension, WHEN_LOST["evaluation"])
    return f"{usual} Here: {finding.advice}" if finding.advice else usual
