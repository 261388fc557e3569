/// Corrects p-values for the number of comparisons, by Holm's step-down method.
///
/// Calling a difference real where its corrected p-value is at most 0.05 is wrong about any of the
/// comparisons in one of 20 sweeps at most, however the comparisons depend on each other. Holm: A
/// simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
public func holmCorrected(_ pValues: [Double]) -> [Double] {
  var corrected = pValues
  var largest = 0.0
  for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
    largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
    corrected[index] = largest
  }
  return corrected
}
