"""Training objectives of object detectors, as files."""

from losskit._call import set_threads
from losskit._errors import Diagnostic, NonFiniteError, RecipeError
from losskit._functions import match, nms
from losskit._loss import Loss, Parameter, gradcheck, loss
from losskit._losses import Counts, Losses
from losskit._metrics import metrics
from losskit._objective import Objective, Stage, Term, components
from losskit._sweep import Sweep, SweepError
from losskit._targets import StageTargets, Targets, TermTargets

__all__ = [
    "Counts",
    "Diagnostic",
    "Loss",
    "Losses",
    "NonFiniteError",
    "Objective",
    "Parameter",
    "RecipeError",
    "Stage",
    "StageTargets",
    "Sweep",
    "SweepError",
    "Targets",
    "Term",
    "TermTargets",
    "components",
    "gradcheck",
    "loss",
    "match",
    "metrics",
    "nms",
    "set_threads",
]
