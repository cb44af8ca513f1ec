"""Terms for assessments: the type of judgement, and how certain its holder sounds."""

from .base import Vocabulary


class AssessmentType(Vocabulary):
    """The type of judgement that an assessment makes."""

    JUDGEMENT = ("judgement", "Judgement", "It concludes or evaluates how something is or was.")
    FORECAST = ("forecast", "Forecast", "It says what will, may or would come about.")
    EXPLANATION = ("explanation", "Explanation", "It says why something is so, or what it serves.")
    CAVEAT = ("caveat", "Caveat", "It limits or qualifies another claim.")
    QUESTION = ("question", "Question", "It raises an issue and leaves it open.")


class Likelihood(Vocabulary):
    """The certainty of the holder of an assessment, judged by the wording."""

    CERTAIN = ("certain", "Certain", "It is put forward as beyond doubt, as by “will” or “certainly”.")
    LIKELY = ("likely", "Likely", "It is held to be more probable than not, as by “likely” or “would”.")
    POSSIBLE = ("possible", "Possible", "It is held to be open, as by “may”, “might” or “could”.")
    UNLIKELY = ("unlikely", "Unlikely", "It is held to be improbable, as by “hardly” or “may not”.")
    UNSTATED = ("unstated", "Unstated", "The wording gives no measure of confidence.")
