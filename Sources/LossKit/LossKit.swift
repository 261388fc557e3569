// What users import: every module of the library under one name.

@_exported import Assigners
@_exported import BinaryCrossEntropy
@_exported import BoxCoders
@_exported import BoxOverlap
@_exported import Bundle
@_exported import Dice
@_exported import Distributions
@_exported import Focal
@_exported import Formula
@_exported import Formulas
@_exported import GradientChecks
@_exported import Imbalance
@_exported import LossCore
@_exported import LossKernels
@_exported import MatchCosts
@_exported import NLL
@_exported import Objective
@_exported import PluginLoader
@_exported import Priors
@_exported import Recipe
@_exported import Samplers
@_exported import SmoothL1
@_exported import SoftmaxCrossEntropy
@_exported import StrictJSON
@_exported import Targets
