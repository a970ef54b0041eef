/// Eight floats at a time: what inner loops over short vectors in a row are made of.
///
/// Sums are formed in the same order whatever the machine, so that all machines agree.
enum RowArithmetic {
  /// Σ_k a_k · b_k.
  @inline(__always) static func dot(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int
  ) -> Float {
    var sums = SIMD8<Float>()
    var k = 0
    while k + 8 <= count {
      sums += eight(a + k) * eight(b + k)
      k += 8
    }
    var sum = sums.sum()
    while k < count {
      sum += a[k] * b[k]
      k += 1
    }
    return sum
  }

  /// Σ_k x_k.
  @inline(__always) static func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var sums = SIMD8<Float>()
    var k = 0
    while k + 8 <= count {
      sums += eight(x + k)
      k += 8
    }
    var sum = sums.sum()
    while k < count {
      sum += x[k]
      k += 1
    }
    return sum
  }

  /// y_k += factor · x_k.
  @inline(__always) static func add(
    _ factor: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var k = 0
    while k + 8 <= count {
      let sum = eight(y + k) + factor * eight(x + k)
      UnsafeMutableRawPointer(y + k).storeBytes(of: sum, as: SIMD8<Float>.self)
      k += 8
    }
    while k < count {
      y[k] += factor * x[k]
      k += 1
    }
  }

  @inline(__always) private static func eight(_ x: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always) private static func eight(_ x: UnsafeMutablePointer<Float>) -> SIMD8<Float> {
    eight(UnsafePointer(x))
  }
}
