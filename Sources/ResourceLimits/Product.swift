/// The product of `factors`, or `nil` if one is negative or it overflows an `Int`.
package func product(of factors: some Sequence<Int>) -> Int? {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    if factor < 0 || overflow { return nil }
    product = next
  }
  return product
}
