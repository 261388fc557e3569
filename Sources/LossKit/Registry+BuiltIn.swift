import Assigners
import BinaryCrossEntropy
import BoxCoders
import BoxOverlap
import Dice
import Distributions
import Focal
import Formulas
import Imbalance
import LossCore
import MatchCosts
import NLL
import Priors
import Samplers
import SmoothL1
import SoftmaxCrossEntropy
import Targets

extension Registry {
  /// A registry that holds every component of the package; a copy of it takes yours.
  ///
  ///     var registry = try Registry.builtIn()
  ///     try registry.register(CharbonnierLoss.self)
  ///
  /// - Throws: ``DuplicateNameError`` where two of the package's own components share a name, which a
  ///   test rules out.
  public static func builtIn() throws(DuplicateNameError) -> Registry {
    var registry = Registry()
    try registry.register(SoftmaxCrossEntropyLoss.self)
    try registry.register(NLLLoss.self)
    try registry.register(BCELoss.self)
    try registry.register(BCEWithLogitsLoss.self)
    try registry.register(SigmoidFocalLoss.self)
    try registry.register(SoftmaxFocalLoss.self)
    try registry.register(QualityFocalLoss.self)
    try registry.register(VarifocalLoss.self)
    try registry.register(GaussianFocalLoss.self)
    try registry.register(DistributionFocalLoss.self)
    try registry.register(KnowledgeDistillationLoss.self)
    try registry.register(MultiPositiveCrossEntropyLoss.self)
    try registry.register(DiceLoss.self)
    try registry.register(TverskyLoss.self)
    try registry.register(GHMClassificationLoss.self)
    try registry.register(GHMRegressionLoss.self)
    try registry.register(SeesawLoss.self)
    try registry.register(EqualizationV2Loss.self)
    try registry.register(SmoothL1Loss.self)
    try registry.register(HuberLoss.self)
    try registry.register(L1Loss.self)
    try registry.register(L2Loss.self)
    try registry.register(BalancedL1Loss.self)
    try registry.register(BoxL1Loss.self)
    try registry.register(IoULoss.self)
    try registry.register(GIoULoss.self)
    try registry.register(DIoULoss.self)
    try registry.register(CIoULoss.self)
    try registry.register(EIoULoss.self)
    try registry.register(SIoULoss.self)
    try registry.register(BoundedIoULoss.self)
    try registry.register(MPDIoULoss.self)
    try registry.register(NWDLoss.self)
    try registry.losses.add(FormulaLossComponent.entry)

    try registry.register(AnchorGrid.self)
    try registry.register(CenteredAnchorGrid.self)
    try registry.register(Proposals.self)
    try registry.register(ProposalLayer.self)
    try registry.register(RefinedBoxes.self)
    try registry.register(Points.self)
    try registry.register(DefaultBoxes.self)
    try registry.register(SizedAnchors.self)
    try registry.register(Queries.self)
    try registry.register(MaxIoUAssigner.self)
    try registry.register(FCOSAssigner.self)
    try registry.register(ATSSAssigner.self)
    try registry.register(TaskAlignedAssigner.self)
    try registry.register(SimOTAAssigner.self)
    try registry.register(DynamicSoftLabelAssigner.self)
    try registry.register(PointAssigner.self)
    try registry.register(GridAssigner.self)
    try registry.register(CenterRegionAssigner.self)
    try registry.register(HungarianAssigner.self)
    try registry.register(TopKHungarianAssigner.self)
    try registry.register(ClassificationCost.self)
    try registry.register(FocalCost.self)
    try registry.register(L1Cost.self)
    try registry.register(IoUCost.self)
    try registry.register(GIoUCost.self)
    try registry.register(FormulaCost.self)
    try registry.register(CenterDistanceCost.self)
    try registry.register(AllSampler.self)
    try registry.register(RandomSampler.self)
    try registry.register(RecordedSampler.self)
    try registry.register(IoUBalancedSampler.self)
    try registry.register(HardNegativeSampler.self)
    try registry.register(OHEMSampler.self)
    try registry.register(DeltaBoxCoder.self)
    try registry.register(DistanceBoxCoder.self)
    try registry.register(TBLRBoxCoder.self)
    try registry.register(NormalizedBoxCoder.self)
    try registry.register(ObjectnessTarget.self)
    try registry.register(ClassTarget.self)
    try registry.register(ClassQualityTarget.self)
    try registry.register(BoxTarget.self)
    try registry.register(DecodedBoxTarget.self)
    try registry.register(DistributionTarget.self)
    try registry.register(CenternessTarget.self)
    try registry.register(PredictedOverlapTarget.self)
    try registry.register(CenternessWeight.self)
    try registry.register(FormulaWeight.self)
    try registry.register(PredictedOverlapWeight.self)
    try registry.register(LargestScoreWeight.self)
    try registry.register(QualityWeight.self)
    try registry.register(BackgroundWeight.self)
    try registry.register(EffectiveNumberWeight.self)
    return registry
  }
}
