// What the author of a plugin imports: the protocols of all parts, and the mathematics for formulas.

@_exported import LossCore
@_exported import LossKernels
