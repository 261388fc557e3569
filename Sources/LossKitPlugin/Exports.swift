// What the author of a plugin imports: the protocols of losses, and the mathematics for formulas.

@_exported import LossCore
@_exported import LossKernels
