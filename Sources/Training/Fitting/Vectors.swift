/// Arithmetic on vectors in place.
enum Vectors {
  /// The inner product; four partial sums, in a fixed order.
  static func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      sums +=
        SIMD4(x[index], x[index + 1], x[index + 2], x[index + 3])
        * SIMD4(y[index], y[index + 1], y[index + 2], y[index + 3])
      index += 4
    }
    var sum = sums.sum()
    while index < count {
      sum += x[index] * y[index]
      index += 1
    }
    return sum
  }

  /// Σ x² · weight.
  static func weightedSquare(
    _ x: UnsafePointer<Double>, _ weights: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += x[index] * x[index] * weights[index] }
    return sum
  }

  /// y += a · x.
  static func add(
    _ a: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for index in 0..<count { y[index] += a * x[index] }
  }

  /// z = x + a · y.
  static func sum(
    _ x: UnsafePointer<Double>, _ a: Double, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for index in 0..<count { z[index] = x[index] + a * y[index] }
  }

  /// max |x|; NaN if there is one.
  static func largestMagnitude(_ x: UnsafePointer<Double>, _ count: Int) -> Double {
    var largest = 0.0
    for index in 0..<count where !(abs(x[index]) <= largest) {
      largest = abs(x[index])
      if largest.isNaN { return largest }
    }
    return largest
  }
}
