"""Terms for assessments: what kind of judgement, and how sure its holder sounds."""

from .base import Vocabulary


class AssessmentType(Vocabulary):
    """What kind of judgement an assessment makes."""

    JUDGEMENT = ("judgement", "Judgement", "It concludes or evaluates how something is or was.")
    FORECAST = ("forecast", "Forecast", "It says what will, may or would come about.")
    EXPLANATION = ("explanation", "Explanation", "It says why something is so, or what it serves.")
    CAVEAT = ("caveat", "Caveat", "It limits or qualifies another claim.")
    QUESTION = ("question", "Question", "It raises an issue and leaves it open.")


class Likelihood(Vocabulary):
    """How sure the holder of an assessment sounds, judged by the wording."""

    CERTAIN = ("certain", "Certain", "It is put forward as beyond doubt, as by “will” or “certainly”.")
    LIKELY = ("likely", "Likely", "It is held to be more probable than not, as by “likely” or “would”.")
    POSSIBLE = ("possible", "Possible", "It is held to be open, as by “may”, “might” or “could”.")
    UNLIKELY = ("unlikely", "Unlikely", "It is held to be improbable, as by “hardly” or “may not”.")
    UNSTATED = ("unstated", "Unstated", "The wording gives no measure of confidence.")
