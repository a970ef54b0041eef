import Runs

// Numbers as people read them. Every function gives plain ASCII, and `-` for what is undefined.

/// A number with so many decimals: `fixed(0.3165, 2)` is `0.32`.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return notANumber(value) }
  let scaled = (abs(value) * power10(decimals)).rounded()
  guard scaled < 1e15 else { return scientific(value) }
  let digits = String(UInt64(scaled))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A number as a mantissa of two digits and a power of ten: `5e-4`, `1.2e+08` without padding.
func scientific(_ value: Double) -> String {
  guard value.isFinite else { return notANumber(value) }
  guard value != 0 else { return "0" }
  var exponent = Int(logarithm10(abs(value)).rounded(.down))
  var mantissa = (abs(value) * power10(-exponent) * 10).rounded() / 10
  if mantissa >= 10 {
    mantissa /= 10
    exponent += 1
  }
  return (value < 0 ? "-" : "") + trimmed(fixed(mantissa, 1)) + "e\(exponent)"
}

/// A whole number in groups of three: `18,432`.
func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude).utf8)
  var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(UInt8(ascii: ",")) }
    text.append(digit)
  }
  return String(decoding: text, as: UTF8.self)
}

/// A number and what it counts: `1 task`, `2 tasks`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)" + (count == 1 ? "" : "s")
}

/// A number in three digits with an SI prefix: `18.4k`, `1.2M`, `0.5`, `2e-4`.
func abbreviated(_ value: Double) -> String {
  guard value.isFinite else { return notANumber(value) }
  let size = abs(value)
  if size == 0 { return "0" }
  if size < 0.001 || size >= 1e15 { return scientific(value) }
  for (limit, divisor, prefix) in [
    (999.5, 1.0, ""), (999.5e3, 1e3, "k"), (999.5e6, 1e6, "M"), (999.5e9, 1e9, "G"),
    (.infinity, 1e12, "T"),
  ] where size < limit {
    return threeDigits(value / divisor) + prefix
  }
  return scientific(value)
}

/// A share as whole percent: `37%`.
func percent(_ share: Double) -> String {
  share.isFinite ? fixed(share * 100, 0) + "%" : "-"
}

/// The mean of a task's labels: a share of its rows, or an amount; `-` where rows have no label.
func labelMeanText(_ mean: Double, of answer: Answer) -> String {
  guard answer.rowLoss.isOfRow else { return "-" }
  return answer.isChance ? percent(mean) : lossText(mean)
}

/// A loss or weight in at most seven columns, with four decimals where they fit.
func lossText(_ value: Double) -> String {
  guard value.isFinite else { return notANumber(value) }
  switch abs(value) {
  case 0: return "0.0000"
  case ..<0.001: return scientific(value)
  case ..<10: return fixed(value, 4)
  case ..<100: return fixed(value, 3)
  case ..<1000: return fixed(value, 2)
  case ..<100_000: return fixed(value, 0)
  default: return abbreviated(value)
  }
}

/// Seconds as `0:07`, `1:17`, `2:03:10`.
func clock(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 360_000_000 else { return "-" }
  let whole = Int(seconds.rounded())
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  let tail = twoDigits(whole % 60)
  return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(tail)" : "\(minutes):\(tail)"
}

/// A number without the zeros that say nothing: `0.50` is `0.5`, `2.0` is `2`.
func trimmed(_ text: String) -> String {
  guard text.contains("."), !text.contains("e") else { return text }
  var shortened = Substring(text)
  while shortened.last == "0" { shortened.removeLast() }
  if shortened.last == "." { shortened.removeLast() }
  return String(shortened)
}

private func threeDigits(_ value: Double) -> String {
  let size = abs(value)
  let decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.1 ? 2 : 3
  return trimmed(fixed(value, decimals))
}

private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

private func notANumber(_ value: Double) -> String {
  value.isNaN ? "-" : value < 0 ? "-inf" : "inf"
}

/// A number in a few columns: `0.62`, `12.4`, `1.2k`, `2e-4`.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return lossText(value) }
  return abs(value) < 10 && abs(value) >= 0.0995 ? fixed(value, 2) : abbreviated(value)
}
