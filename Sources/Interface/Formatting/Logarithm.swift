#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The decimal logarithm; the one thing that charts need from the C library.
func logarithm10(_ value: Double) -> Double { log10(value) }

/// Ten to a whole power.
func power10(_ exponent: Int) -> Double {
  var power = 1.0
  for _ in 0..<min(abs(exponent), 400) { power *= 10 }
  return exponent < 0 ? 1 / power : power
}

/// Ten to any power.
func exponential10(_ exponent: Double) -> Double { pow(10, exponent) }
