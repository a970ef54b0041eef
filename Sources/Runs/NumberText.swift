/// A number for people: four decimals, but six significant digits at most; `–` where there is none.
///
///     0.8123   12.3457   1234.57   1.23457e+06   1.234e-04
///
/// Numbers below 0.001, of which four decimals would leave little, have a power of ten. Halves of the
/// last digit go away from 0.
public func numberText(_ number: Double) -> String {
  guard number.isFinite else { return number.isNaN ? "–" : number < 0 ? "-∞" : "∞" }
  let size = abs(number)
  let sign = number < 0 ? "-" : ""
  guard size == 0 || (0.001..<999_999.5).contains(size) else {
    return sign + scientific(size)
  }
  let decimals = (0...4).last { size * power(of: $0) < 999_999.5 } ?? 0
  return sign + fixed(size, decimals: decimals)
}

/// A hash or checksum as 16 hexadecimal digits.
public func hexadecimal(_ hash: UInt64) -> String {
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Digits before and behind the point; the number is small enough for both to be whole numbers.
private func fixed(_ size: Double, decimals: Int) -> String {
  let digits = "\(Int((size * power(of: decimals)).rounded()))"
  guard decimals > 0 else { return digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return "\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}

/// `1.23457e+06`, without zeros at the end.
private func scientific(_ size: Double) -> String {
  var exponent = 0
  var mantissa = size
  while mantissa >= 9.999995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.9999995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  var digits = fixed(mantissa, decimals: 5)
  while digits.hasSuffix("0") { digits.removeLast() }
  if digits.hasSuffix(".") { digits.removeLast() }
  let power = "\(abs(exponent))"
  return digits + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" : "") + power
}

private func power(of ten: Int) -> Double { (0..<ten).reduce(1) { power, _ in power * 10 } }
