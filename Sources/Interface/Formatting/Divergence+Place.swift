import Runs

extension Divergence {
  /// The loss without what a NaN carries (`-nan(0x3f…)`).
  var lossInWords: String { loss.isNaN ? "nan" : "\(loss)" }

  /// Where to look: the first parameter that is no number, or else the largest one.
  var place: String {
    if let parameter { return "first in \(parameter)" }
    guard let largest else { return "parameters still finite" }
    return "largest in \(largest.path): \(scientific(largest.magnitude))"
  }
}
